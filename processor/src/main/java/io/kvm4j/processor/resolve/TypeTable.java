package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.model.Names;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The Java name of every record that is generated, as the packages of one architecture, or the neutral ones, see it. */
final class TypeTable {
    private final Snapshot snapshot;
    private final Ownership ownership;
    private final Map<String, ClassName> types;
    private final Map<String, Boolean> flexible = new HashMap<>();

    private TypeTable(Snapshot snapshot, Ownership ownership, Map<String, ClassName> types) {
        this.snapshot = snapshot;
        this.ownership = ownership;
        this.types = types;
    }

    /** Settles the names of all records of a snapshot. */
    static TypeTable of(Snapshot snapshot, Ownership ownership) {
        Map<String, ClassName> types = new TreeMap<>();
        Set<String> taken = new HashSet<>();
        for (RecordType record : snapshot.records()) {
            ownership.ofRecord(record.name()).ifPresent(owner -> {
                String prefix = owner.packageName() + ".";
                String name = Names.unique(prefix + Names.record(record.name(), record.kind()), taken);
                types.put(record.name(), ClassName.get(owner.packageName(), name.substring(prefix.length())));
            });
        }
        return new TypeTable(snapshot, ownership, types);
    }

    /** The Java name of a record. */
    Optional<ClassName> type(String cName) {
        return Optional.ofNullable(types.get(cName));
    }

    /** Whether the record has no view that a package of the snapshot's architecture, or a neutral one, could show. */
    boolean isOpaque(MemberType.Named type) {
        return ownership.isOpaque(type);
    }

    /** The alignment of a record. */
    long alignment(MemberType.Named type) {
        return record(type).alignment();
    }

    /** Whether a record ends in a flexible array. */
    boolean isFlexible(MemberType.Named type) {
        Boolean known = flexible.get(type.name());
        if (known == null) {
            known = isFlexible(record(type).members());
            flexible.put(type.name(), known);
        }
        return known;
    }

    private boolean isFlexible(List<Member> members) {
        return members.stream()
                .anyMatch(m -> m.isFlexibleArray()
                        || switch (m.type()) {
                            case MemberType.Inline inline -> isFlexible(inline.members());
                            case MemberType.Named named -> !isOpaque(named) && isFlexible(named);
                            case MemberType.Integer _, MemberType.Pointer _ -> false;
                        });
    }

    private RecordType record(MemberType.Named type) {
        return snapshot.record(type.name()).orElseThrow();
    }
}
