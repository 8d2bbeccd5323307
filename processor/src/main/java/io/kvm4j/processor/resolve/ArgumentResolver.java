package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import io.kvm4j.processor.model.Descriptor;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.View;
import io.kvm4j.processor.spec.Flow;
import io.kvm4j.processor.spec.IoctlSpec;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Ioctl;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.VariableElement;

/** Compares the parameter of one ioctl method with what the request's macro and number say of the argument. */
final class ArgumentResolver {
    private final IoctlSpec spec;
    private final Ioctl ioctl;
    private final RequestNumber number;
    private final Bindings bindings;
    private final Capabilities capabilities;
    private final Report report;

    ArgumentResolver(
            IoctlSpec spec,
            Ioctl ioctl,
            RequestNumber number,
            Bindings bindings,
            Capabilities capabilities,
            Report report) {
        this.spec = spec;
        this.ioctl = ioctl;
        this.number = number;
        this.bindings = bindings;
        this.capabilities = capabilities;
        this.report = report;
    }

    /** What the method passes, or nothing if that was reported to be wrong. */
    Optional<Descriptor.Argument> resolve() {
        List<? extends VariableElement> parameters = spec.method().getParameters();
        if (parameters.size() > 1) {
            return bad("an ioctl has one argument at most");
        }
        if (spec.growing().isPresent()) {
            return growing(parameters, spec.growing().get());
        }
        if (spec.sized().isPresent()) {
            return sized(parameters, spec.sized().get());
        }
        if (parameters.isEmpty()) {
            return spec.flow().isPresent() ? result() : none();
        }
        VariableElement parameter = parameters.getFirst();
        String name = parameter.getSimpleName().toString();
        return switch (ArgumentType.of(parameter.asType(), bindings)) {
            case ArgumentType.Numeric scalar -> number(scalar, name);
            case ArgumentType.Struct struct -> {
                checkStruct(struct);
                yield Optional.of(new Descriptor.Argument.Pointer(name, struct.type()));
            }
            case ArgumentType.AnyStruct any -> any(any, name);
            case ArgumentType.Allocator _ -> bad("only a @Growing or @SizedBy method takes an allocator");
            case ArgumentType.Unsupported u ->
                bad("%s is neither int, long nor a generated struct".formatted(u.name()));
        };
    }

    private Optional<Descriptor.Argument> none() {
        if (ioctl.namesArgument()) {
            return bad("the macro says that it takes " + ioctl.argument());
        }
        checkFlow(Flow.NONE);
        return Optional.of(new Descriptor.Argument.None());
    }

    /** A request that takes several structs says nothing true of any. */
    private Optional<Descriptor.Argument> any(ArgumentType.AnyStruct any, String name) {
        if (spec.flow().isEmpty()) {
            return bad("say with @In, @Out or @InOut how the struct flows");
        }
        if (isRecord(ioctl.argument())
                || (ioctl.namesArgument() && spec.wrongMacro().isEmpty())) {
            report.add(Code.ARGUMENT_MISMATCH, spec.site(), ioctl.name(), ioctl.argument(), "just any struct");
        } else if (!ioctl.namesArgument()) {
            checkFlow(spec.flow().get());
        }
        return Optional.of(new Descriptor.Argument.Pointer(name, any.type()));
    }

    /** A scalar that the kernel writes. */
    private Optional<Descriptor.Argument> result() {
        if (isRecord(ioctl.argument()) || !ioctl.namesArgument()) {
            return bad("without a parameter, @Out needs a macro that names a scalar");
        }
        checkFlow(spec.flow().orElseThrow());
        if (!(ArgumentType.of(spec.method().getReturnType(), bindings) instanceof ArgumentType.Numeric scalar)) {
            return Optional.empty();
        }
        checkSize(scalar.type().toString(), scalar.size());
        return Optional.of(new Descriptor.Argument.Result(scalar.type()));
    }

    private Optional<Descriptor.Argument> number(ArgumentType.Numeric scalar, String name) {
        if (!ioctl.namesArgument()) {
            checkFlow(Flow.NONE);
            return Optional.of(new Descriptor.Argument.Value(name, scalar.type()));
        }
        if (isRecord(ioctl.argument())) {
            report.add(Code.ARGUMENT_MISMATCH, spec.site(), ioctl.name(), ioctl.argument(), scalar.type());
        } else {
            checkSize(scalar.type().toString(), scalar.size());
            checkFlow(spec.flow().orElse(Flow.IN));
        }
        return Optional.of(new Descriptor.Argument.PointerToValue(name, scalar.type()));
    }

    private Optional<Descriptor.Argument> growing(List<? extends VariableElement> parameters, IoctlSpec.Growth growth) {
        if (parameters.size() != 1
                || !(ArgumentType.of(parameters.getFirst().asType(), bindings) instanceof ArgumentType.Allocator)) {
            return bad("a @Growing method takes a SegmentAllocator");
        }
        if (!(ArgumentType.of(spec.method().getReturnType(), bindings) instanceof ArgumentType.Struct struct)) {
            return Optional.empty();
        }
        checkStruct(struct);
        if (!struct.counted()) {
            report.add(Code.NO_COUNT, spec.site(), struct.cType());
        }
        String allocator = parameters.getFirst().getSimpleName().toString();
        return Optional.of(new Descriptor.Argument.Growing(allocator, struct.type(), growth.initial(), growth.limit()));
    }

    private Optional<Descriptor.Argument> sized(List<? extends VariableElement> parameters, IoctlSpec.Sizing sizing) {
        if (parameters.size() != 1
                || !(ArgumentType.of(parameters.getFirst().asType(), bindings) instanceof ArgumentType.Allocator)) {
            return bad("a @SizedBy method takes a SegmentAllocator");
        }
        if (!(ArgumentType.of(spec.method().getReturnType(), bindings) instanceof ArgumentType.Struct struct)) {
            return Optional.empty();
        }
        checkStruct(struct);
        String allocator = parameters.getFirst().getSimpleName().toString();
        return capabilities
                .find(sizing.capability())
                .map(size ->
                        new Descriptor.Argument.Sized(allocator, struct.type(), size, setter(struct, sizing.field())));
    }

    private Optional<String> setter(ArgumentType.Struct struct, Stated<String> field) {
        if (field.value().isEmpty()) {
            return Optional.empty();
        }
        List<Field> fields =
                bindings.viewNamed(struct.type().toString()).map(View::fields).orElse(List.of());
        Optional<String> setter = fields.stream()
                .filter(f -> f instanceof Field.Numeric n
                        && n.scalar().size() == Integer.BYTES
                        && f.cName().equals(field.value()))
                .map(Field::name)
                .findFirst();
        if (setter.isEmpty()) {
            String hint = NearestName.hint(field.value(), fields.stream().map(Field::cName));
            report.add(Code.UNKNOWN_MEMBER, field.site(), struct.cType(), field.value(), hint);
        }
        return setter;
    }

    private void checkStruct(ArgumentType.Struct struct) {
        if (isRecord(ioctl.argument()) && !ioctl.argument().equals(struct.cType())) {
            report.add(Code.ARGUMENT_MISMATCH, spec.site(), ioctl.name(), ioctl.argument(), struct.cType());
            return;
        }
        String architecture =
                struct.type() instanceof ClassName name ? bindings.architectureOf(name) : bindings.architecture();
        if (!architecture.isEmpty() && !architecture.equals(bindings.architecture())) {
            ArchitectureMismatch.report(struct.cType(), spec.site(), architecture, bindings, report);
            return;
        }
        if (ioctl.namesArgument()) {
            checkSize(struct.cType(), struct.size());
        }
        if (spec.flow().isEmpty()) {
            bad("say with @In, @Out or @InOut how %s flows".formatted(struct.cType()));
        } else {
            checkFlow(spec.flow().get());
        }
    }

    private void checkSize(String type, long size) {
        if (number.size() != size) {
            report.add(Code.SIZE_MISMATCH, spec.request().site(), ioctl.name(), number.size(), type, size);
        }
    }

    private void checkFlow(Flow stated) {
        Optional<Site> excuse = spec.wrongMacro();
        boolean agrees = number.direction() == stated;
        if (!agrees && excuse.isEmpty()) {
            report.add(
                    Code.DIRECTION_MISMATCH,
                    spec.request().site(),
                    ioctl.name(),
                    number.direction().kernelDoes(),
                    stated.kernelDoes());
        } else if (agrees && excuse.isPresent()) {
            report.add(Code.NEEDLESS_WRONG_MACRO, excuse.get(), ioctl.name());
        }
    }

    private Optional<Descriptor.Argument> bad(String why) {
        report.add(Code.BAD_PARAMETERS, spec.site(), spec.method().getSimpleName(), why);
        return Optional.empty();
    }

    private static boolean isRecord(String cType) {
        return cType.startsWith("struct ") || cType.startsWith("union ");
    }
}
