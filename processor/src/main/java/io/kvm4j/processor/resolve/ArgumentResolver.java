package io.kvm4j.processor.resolve;

import io.kvm4j.headers.snapshot.Ioctl;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import io.kvm4j.processor.model.Descriptor;
import io.kvm4j.processor.spec.Flow;
import io.kvm4j.processor.spec.IoctlSpec;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.VariableElement;

/** Compares the parameter of one ioctl method with what the request's macro and number say of the argument. */
final class ArgumentResolver {
    private final IoctlSpec spec;
    private final Ioctl ioctl;
    private final RequestNumber number;
    private final Bindings bindings;
    private final Report report;

    ArgumentResolver(IoctlSpec spec, Ioctl ioctl, RequestNumber number, Bindings bindings, Report report) {
        this.spec = spec;
        this.ioctl = ioctl;
        this.number = number;
        this.bindings = bindings;
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
        if (parameters.isEmpty()) {
            return none();
        }
        VariableElement parameter = parameters.getFirst();
        String name = parameter.getSimpleName().toString();
        return switch (ArgumentType.of(parameter.asType(), bindings)) {
            case ArgumentType.Numeric scalar -> number(scalar, name);
            case ArgumentType.Struct struct -> {
                checkStruct(struct);
                yield Optional.of(new Descriptor.Argument.Pointer(name, struct.type()));
            }
            case ArgumentType.Allocator _ -> bad("only a @Growing method takes an allocator");
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

    private void checkStruct(ArgumentType.Struct struct) {
        if (isRecord(ioctl.argument()) && !ioctl.argument().equals(struct.cType())) {
            report.add(Code.ARGUMENT_MISMATCH, spec.site(), ioctl.name(), ioctl.argument(), struct.cType());
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
