package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import io.kvm4j.processor.model.Descriptor;
import io.kvm4j.processor.spec.DescriptorSpec;
import io.kvm4j.processor.spec.IoctlSpec;
import io.kvm4j.processor.spec.SpecReader;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;

/** Resolves the ioctls of a kind of descriptor, and compares each with what its number says. */
public final class DescriptorResolver {
    private final Bindings bindings;
    private final Snapshot snapshot;
    private final Capabilities capabilities;
    private final Elements elements;
    private final Report report;

    public DescriptorResolver(Bindings bindings, Snapshot snapshot, Elements elements, Report report) {
        this.bindings = bindings;
        this.capabilities = new Capabilities(snapshot, report);
        this.snapshot = snapshot;
        this.elements = elements;
        this.report = report;
    }

    /** Resolves the implementation of a descriptor's interface, or reports why it cannot be. */
    public Optional<Descriptor> resolve(DescriptorSpec spec) {
        int before = report.errors();
        Map<String, String> methods = new HashMap<>();
        List<Descriptor.Call> calls = new ArrayList<>();
        spec.inherited().forEach(i -> methods.putIfAbsent(i.request().value(), nameOf(i)));
        for (IoctlSpec ioctl : spec.ioctls()) {
            String request = ioctl.request().value();
            String other = methods.putIfAbsent(request, nameOf(ioctl));
            if (other != null) {
                report.add(Code.IOCTL_TWICE, ioctl.request().site(), request, other);
            }
            resolve(ioctl).ifPresent(calls::add);
        }
        Optional<ClassName> parent = parent(spec);
        spec.others().forEach(method -> reportOther(method, spec));
        return report.errors() == before
                ? Optional.of(new Descriptor(spec.element(), implementation(spec.element()), parent, calls))
                : Optional.empty();
    }

    /** Nobody would implement it: javac would blame the generated class. */
    private void reportOther(ExecutableElement method, DescriptorSpec spec) {
        report.add(
                Code.NOT_AN_IOCTL,
                Site.of(method),
                method.getSimpleName(),
                spec.element().getSimpleName());
    }

    /** The class of the descriptor that an interface extends: it is being generated too, or a library has it. */
    private Optional<ClassName> parent(DescriptorSpec spec) {
        List<TypeElement> parents = spec.parents().stream()
                .filter(p -> SpecReader.isDescriptor(p)
                        || elements.getTypeElement(implementation(p).canonicalName()) != null)
                .toList();
        if (parents.size() > 1) {
            report.add(
                    Code.TWO_PARENTS,
                    Site.of(spec.element()),
                    spec.element().getSimpleName(),
                    parents.get(0).getSimpleName(),
                    parents.get(1).getSimpleName());
        }
        return parents.stream().findFirst().map(DescriptorResolver::implementation);
    }

    private static ClassName implementation(TypeElement descriptor) {
        ClassName type = ClassName.get(descriptor);
        return type.peerClass(type.simpleName() + "OverFd");
    }

    private static String nameOf(IoctlSpec ioctl) {
        return ioctl.method().getSimpleName().toString();
    }

    private Optional<Descriptor.Call> resolve(IoctlSpec spec) {
        String request = spec.request().value();
        Optional<Ioctl> ioctl = snapshot.ioctl(request);
        Optional<Constant> number = snapshot.constant(request);
        if (ioctl.isEmpty() || number.isEmpty()) {
            boolean elsewhere = ArchitectureMismatch.report(
                    "ioctl", spec.request(), other -> other.ioctl(request).isPresent(), bindings, report);
            if (elsewhere) {
                return Optional.empty();
            }
            report.add(
                    Code.UNKNOWN_IOCTL,
                    spec.request().site(),
                    request,
                    NearestName.hint(request, snapshot.ioctls().stream().map(Ioctl::name)));
            return Optional.empty();
        }
        int before = report.errors();
        long requestNumber = number.get().value().longValue();
        Optional<Descriptor.Argument> argument = new ArgumentResolver(
                        spec, ioctl.get(), new RequestNumber(requestNumber), bindings, capabilities, report)
                .resolve();
        checkResult(spec);
        Optional<Descriptor.Capability> capability = capability(spec, ioctl.get());
        if (argument.isEmpty() || report.errors() != before) {
            return Optional.empty();
        }
        return Optional.of(new Descriptor.Call(
                spec.method().getSimpleName().toString(),
                request,
                requestNumber,
                argument.get(),
                !ArgumentType.isVoid(spec.method().getReturnType()),
                spec.returnsErrno(),
                capability));
    }

    private void checkResult(IoctlSpec spec) {
        TypeMirror returned = spec.method().getReturnType();
        ArgumentType result = ArgumentType.of(returned, bindings);
        boolean allocates = spec.growing().isPresent() || spec.sized().isPresent();
        boolean givesScalar =
                spec.method().getParameters().isEmpty() && spec.flow().isPresent();
        boolean isInt = result instanceof ArgumentType.Numeric n && n.size() == Integer.BYTES;
        String wrong = "";
        if (allocates) {
            wrong = result instanceof ArgumentType.Struct
                    ? ""
                    : "@Growing and @SizedBy methods return the struct that they allocate";
        } else if (givesScalar) {
            wrong = result instanceof ArgumentType.Numeric ? "" : "the kernel writes a scalar, which is the result";
        } else if (spec.returnsErrno()) {
            wrong = isInt ? "" : "@ReturnsErrno methods return int";
        } else if (!isInt && !ArgumentType.isVoid(returned)) {
            wrong = "an ioctl returns int, or void if its result says nothing";
        }
        if (!wrong.isEmpty()) {
            report.add(Code.BAD_RETURN_TYPE, spec.site(), spec.method().getSimpleName(), returned, wrong);
        }
    }

    private Optional<Descriptor.Capability> capability(IoctlSpec spec, Ioctl ioctl) {
        String stated = spec.capability().value();
        return stated.isEmpty()
                ? ioctl.capabilities().stream().findFirst().flatMap(capabilities::find)
                : capabilities.find(spec.capability());
    }
}
