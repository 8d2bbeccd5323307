package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.model.Holder;
import io.kvm4j.processor.spec.EnumSpec;
import io.kvm4j.processor.spec.ExitsSpec;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Constant;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.TypeElement;

/** Resolves the value enums and flag enums of one package. */
public final class EnumResolver {
    /** What is reported for one flag. */
    private static final int MOST_OVERLAPS = 8;

    private final EnumScope scope;
    private final Bindings bindings;
    private final SpecNames names;
    private final Report report;

    public EnumResolver(EnumScope scope, Bindings bindings, SpecNames names, Report report) {
        this.scope = scope;
        this.bindings = bindings;
        this.names = names;
        this.report = report;
    }

    /** Resolves one enum, or reports why it cannot be. */
    public Optional<EnumType> resolve(EnumSpec spec) {
        int before = report.errors();
        ClassName type = names.generated(spec.group().element()).orElse(ClassName.OBJECT);
        boolean bits = spec instanceof EnumSpec.Flags flags && !flags.numbered();
        List<Constant> constants = MacroGroup.resolve(
                spec.group(),
                scope.constants(),
                bits ? ForeignMacros.BITS : ForeignMacros.NUMBERS,
                scope.provenance(),
                report);
        EnumType resolved = switch (spec) {
            case EnumSpec.Values values -> values(values, type, constants);
            case EnumSpec.Flags flags -> flags(flags, type, constants);
        };
        return report.errors() == before ? Optional.of(resolved) : Optional.empty();
    }

    /**
     * The value enum of exit reasons as the field that holds the reason needs to know it, without its constants; nothing
     * if no field is named or there is no such field.
     */
    public Optional<EnumType> reasons(ExitsSpec spec) {
        if (spec.field().value().isEmpty() || scope.views(spec.struct().value()).isEmpty()) {
            return Optional.empty();
        }
        String path = spec.struct().value() + "." + spec.field().value();
        EnumSpec.FieldUse use =
                new EnumSpec.FieldUse(new Stated<>(path, spec.field().site()), "");
        List<Holder> fields = new FieldPath(use, scope, bindings, report).resolve();
        TypeElement element = spec.reasons().element();
        return names.named(element)
                .map(type -> new EnumType.Values(
                        type.peerClass(spec.reasonEnum().value()),
                        element,
                        "",
                        List.of(),
                        new EnumType.Holders(fields, List.of(), ""),
                        Optional.empty()));
    }

    private EnumType values(EnumSpec.Values spec, ClassName type, List<Constant> constants) {
        MacroGroup.requireInts(constants, spec.group(), report);
        Optional<EnumType.Part> part = part(spec, constants);
        EnumType.Holders holders = holders(spec.holders(), (use, holder) -> {
            if (part.isEmpty()) {
                constants.forEach(c -> requireFit(c, holder, use));
            }
        });
        TypeElement element = spec.group().element();
        return new EnumType.Values(type, element, names.documentation(element), constants, holders, part);
    }

    private Optional<EnumType.Part> part(EnumSpec.Values spec, List<Constant> constants) {
        if (spec.mask().value().isEmpty()) {
            return Optional.empty();
        }
        int before = report.errors();
        BigInteger mask = value(spec.mask());
        BigInteger shift = spec.shift().value().isEmpty() ? BigInteger.ZERO : value(spec.shift());
        if (report.errors() != before) {
            return Optional.empty();
        }
        for (Constant c : constants) {
            if (!c.value().andNot(mask).equals(BigInteger.ZERO)) {
                report.add(
                        Code.OUTSIDE_MASK,
                        spec.mask().site(),
                        c.name(),
                        c.value().toString(16),
                        spec.mask().value());
            }
        }
        return Optional.of(new EnumType.Part(mask.longValue(), shift.intValue()));
    }

    private BigInteger value(Stated<String> constant) {
        MacroGroup.requireConstant(constant, scope.constants(), report);
        return scope.constants().stream()
                .filter(c -> c.name().equals(constant.value()))
                .map(Constant::value)
                .findFirst()
                .orElse(BigInteger.ZERO);
    }

    private EnumType flags(EnumSpec.Flags spec, ClassName type, List<Constant> constants) {
        List<Constant> flags =
                spec.numbered() ? constants.stream().map(EnumResolver::bit).toList() : constants;
        requireDisjoint(flags, spec);
        EnumType.Holders holders = holders(
                spec.holders(),
                (use, holder) -> flags.stream()
                        .filter(f -> f.value().bitLength() > holder.scalar().size() * Byte.SIZE)
                        .forEach(f -> report.add(
                                Code.FLAG_TOO_WIDE,
                                use.path().site(),
                                f.name(),
                                f.value().toString(16),
                                holder.scalar().size() * Byte.SIZE,
                                holder.path())));
        TypeElement element = spec.group().element();
        return new EnumType.Flags(type, element, names.documentation(element), flags, holders);
    }

    /** The bit with the number that a macro has; a number that no field can hold is a bit that none can hold either. */
    private static Constant bit(Constant number) {
        boolean isBit = number.value().signum() >= 0 && number.value().compareTo(BigInteger.valueOf(Long.SIZE)) < 0;
        int position = isBit ? number.value().intValue() : Long.SIZE;
        return new Constant(number.name(), number.header(), BigInteger.ONE.shiftLeft(position), Long.BYTES, false);
    }

    private void requireDisjoint(List<Constant> flags, EnumSpec.Flags spec) {
        for (int i = 0; i < flags.size(); i++) {
            Constant flag = flags.get(i);
            if (flag.value().signum() == 0) {
                report.add(Code.FLAG_IS_ZERO, spec.group().prefix().site(), flag.name());
            }
            flags.subList(i + 1, flags.size()).stream()
                    .filter(other -> !flag.value().and(other.value()).equals(BigInteger.ZERO)
                            && !flag.value().equals(other.value()))
                    .limit(MOST_OVERLAPS)
                    .forEach(other ->
                            report.add(Code.FLAGS_OVERLAP, spec.group().prefix().site(), flag.name(), other.name()));
        }
    }

    private EnumType.Holders holders(EnumSpec.Holders spec, HolderCheck check) {
        List<Holder> fields = new ArrayList<>();
        for (EnumSpec.FieldUse use : spec.fields()) {
            List<Holder> found = new FieldPath(use, scope, bindings, report).resolve();
            found.stream().limit(1).forEach(holder -> check.check(use, holder));
            fields.addAll(found);
        }
        spec.arguments().forEach(a -> ByValue.require(a, scope, report));
        return new EnumType.Holders(
                fields, spec.arguments().stream().map(Stated::value).toList(), spec.elsewhere());
    }

    private void requireFit(Constant constant, Holder holder, EnumSpec.FieldUse use) {
        int bits = holder.scalar().size() * Byte.SIZE;
        BigInteger value = constant.value();
        boolean fits = value.signum() < 0
                ? holder.scalar().signed() && value.bitLength() < bits
                : value.bitLength() <= (holder.scalar().signed() ? bits - 1 : bits);
        if (!fits) {
            report.add(
                    Code.VALUE_BEYOND_FIELD,
                    use.path().site(),
                    constant.name(),
                    value.toString(16),
                    bits,
                    holder.path());
        }
    }

    /** Compares the constants of an enum with one of the fields that hold them. */
    @FunctionalInterface
    private interface HolderCheck {
        void check(EnumSpec.FieldUse use, Holder holder);
    }
}
