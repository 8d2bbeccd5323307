package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.headers.snapshot.Constant;
import io.kvm4j.headers.snapshot.Member;
import io.kvm4j.headers.snapshot.RecordType;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.spec.EnumSpec;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.TypeElement;

/** Resolves value enums and flag enums. */
public final class EnumResolver {
    private final SpecNames names;
    private final Report report;

    public EnumResolver(SpecNames names, Report report) {
        this.names = names;
        this.report = report;
    }

    /** Resolves one enum, or reports why it cannot be. */
    public Optional<EnumType> resolve(EnumSpec spec, Snapshot snapshot) {
        int before = report.errors();
        TypeElement element = spec.group().element();
        Optional<ClassName> type = names.generated(element);
        List<Constant> constants = MacroGroup.resolve(spec.group(), snapshot, report);
        EnumType resolved = switch (spec) {
            case EnumSpec.Values _ -> values(spec, type.orElse(ClassName.OBJECT), constants);
            case EnumSpec.Flags flags -> flags(flags, type.orElse(ClassName.OBJECT), constants, snapshot);
        };
        return report.errors() == before ? Optional.of(resolved) : Optional.empty();
    }

    private EnumType values(EnumSpec spec, ClassName type, List<Constant> constants) {
        MacroGroup.requireInts(constants, spec.group(), report);
        TypeElement element = spec.group().element();
        return new EnumType.Values(type, element, names.documentation(element), constants);
    }

    private EnumType flags(EnumSpec.Flags spec, ClassName type, List<Constant> constants, Snapshot snapshot) {
        TypeElement element = spec.group().element();
        int size = fieldSize(spec, snapshot);
        String field = spec.struct().value() + "." + spec.field().value();
        for (int i = 0; i < constants.size(); i++) {
            Constant flag = constants.get(i);
            if (size > 0 && flag.value().bitLength() > size * Byte.SIZE) {
                report.add(
                        Code.FLAG_TOO_WIDE,
                        spec.field().site(),
                        flag.name(),
                        flag.value().toString(16),
                        size * Byte.SIZE,
                        field);
            }
            for (Constant other : constants.subList(i + 1, constants.size())) {
                if (!flag.value().and(other.value()).equals(BigInteger.ZERO)
                        && !flag.value().equals(other.value())) {
                    report.add(Code.FLAGS_OVERLAP, spec.group().prefix().site(), flag.name(), other.name());
                }
            }
        }
        return new EnumType.Flags(type, element, names.documentation(element), constants, field, size);
    }

    private int fieldSize(EnumSpec.Flags spec, Snapshot snapshot) {
        String struct = spec.struct().value();
        Optional<RecordType> record = StatedRecord.find(spec.struct(), snapshot, report);
        if (record.isEmpty()) {
            return 0;
        }
        Optional<Member> member = record.get().members().stream()
                .filter(m -> m.name().equals(spec.field().value()))
                .findFirst();
        if (member.isEmpty()) {
            report.add(
                    Code.UNKNOWN_MEMBER,
                    spec.field().site(),
                    struct,
                    spec.field().value(),
                    NearestName.hint(
                            spec.field().value(),
                            record.get().members().stream().map(Member::name)));
            return 0;
        }
        return (int) member.get().size();
    }
}
