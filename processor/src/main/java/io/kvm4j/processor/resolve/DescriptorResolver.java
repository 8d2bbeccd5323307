package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.headers.snapshot.Constant;
import io.kvm4j.headers.snapshot.Ioctl;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.Descriptor;
import io.kvm4j.processor.spec.DescriptorSpec;
import io.kvm4j.processor.spec.IoctlSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.type.TypeMirror;

/** Resolves the ioctls of a kind of descriptor, and compares each with what its number says. */
public final class DescriptorResolver {
    private final Bindings bindings;
    private final Snapshot snapshot;
    private final Report report;

    public DescriptorResolver(Bindings bindings, Snapshot snapshot, Report report) {
        this.bindings = bindings;
        this.snapshot = snapshot;
        this.report = report;
    }

    /** Resolves the implementation of a descriptor's interface, or reports why it cannot be. */
    public Optional<Descriptor> resolve(DescriptorSpec spec) {
        int before = report.errors();
        Map<String, String> methods = new HashMap<>();
        List<Descriptor.Call> calls = new ArrayList<>();
        for (IoctlSpec ioctl : spec.ioctls()) {
            String request = ioctl.request().value();
            String method = ioctl.method().getSimpleName().toString();
            String other = methods.putIfAbsent(request, method);
            if (other != null) {
                report.add(Code.IOCTL_TWICE, ioctl.request().site(), request, other);
            }
            resolve(ioctl).ifPresent(calls::add);
        }
        ClassName type = ClassName.get(spec.element());
        return report.errors() == before
                ? Optional.of(new Descriptor(spec.element(), type.peerClass(type.simpleName() + "OverFd"), calls))
                : Optional.empty();
    }

    /** Resolves one method; what is wrong with an inherited one is reported where it is declared. */
    private Optional<Descriptor.Call> resolve(IoctlSpec spec) {
        Report here = spec.inherited() ? new Report() : report;
        String request = spec.request().value();
        Optional<Ioctl> ioctl = snapshot.ioctl(request);
        Optional<Constant> number = snapshot.constant(request);
        if (ioctl.isEmpty() || number.isEmpty()) {
            here.add(
                    Code.UNKNOWN_IOCTL,
                    spec.request().site(),
                    request,
                    NearestName.hint(request, snapshot.ioctls().stream().map(Ioctl::name)));
            return Optional.empty();
        }
        int before = here.errors();
        long requestNumber = number.get().value().longValue();
        Optional<Descriptor.Argument> argument =
                new ArgumentResolver(spec, ioctl.get(), new RequestNumber(requestNumber), bindings, here).resolve();
        checkResult(spec, here);
        Optional<Descriptor.Capability> capability = capability(spec, ioctl.get(), here);
        if (argument.isEmpty() || here.errors() != before) {
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

    private void checkResult(IoctlSpec spec, Report here) {
        TypeMirror returned = spec.method().getReturnType();
        ArgumentType result = ArgumentType.of(returned, bindings);
        boolean isInt = result instanceof ArgumentType.Numeric n && n.size() == Integer.BYTES;
        String wrong = "";
        if (spec.growing().isPresent()) {
            wrong = result instanceof ArgumentType.Struct ? "" : "@Growing methods return the struct that they allocate";
        } else if (spec.returnsErrno()) {
            wrong = isInt ? "" : "@ReturnsErrno methods return int";
        } else if (!isInt && !ArgumentType.isVoid(returned)) {
            wrong = "an ioctl returns int, or void if its result says nothing";
        }
        if (!wrong.isEmpty()) {
            here.add(Code.BAD_RETURN_TYPE, spec.site(), spec.method().getSimpleName(), returned, wrong);
        }
    }

    private Optional<Descriptor.Capability> capability(IoctlSpec spec, Ioctl ioctl, Report here) {
        String stated = spec.capability().value();
        if (stated.isEmpty()) {
            return ioctl.capabilities().stream().findFirst().flatMap(this::capability);
        }
        Optional<Descriptor.Capability> capability = capability(stated);
        if (capability.isEmpty()) {
            here.add(
                    Code.UNKNOWN_CAPABILITY,
                    spec.capability().site(),
                    stated,
                    NearestName.hint(
                            stated,
                            snapshot.constants().stream().map(Constant::name)));
        }
        return capability;
    }

    private Optional<Descriptor.Capability> capability(String name) {
        return snapshot.constant(name).map(c -> new Descriptor.Capability(name, c.value().intValue()));
    }
}
