package io.kvm4j.processor.resolve;

import io.kvm4j.headers.snapshot.Constant;
import io.kvm4j.headers.snapshot.Ioctl;
import io.kvm4j.headers.snapshot.Member;
import io.kvm4j.headers.snapshot.MemberType;
import io.kvm4j.headers.snapshot.RecordType;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.processor.spec.Stated;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides which package each declaration of a snapshot is generated into: the one that claims its header, but
 *
 * <ul>
 *   <li>a record that embeds a record of an architecture's package goes there too, unless its own package keeps it as
 *       neutral;
 *   <li>a record of a header that nobody claims goes with the record that embeds it;
 *   <li>the number of an ioctl goes with its argument, since it holds the argument's size.
 * </ul>
 */
final class Ownership {
    private final Snapshot snapshot;
    private final Map<String, PackageSpec> byHeader = new HashMap<>();
    private final Map<String, PackageSpec> byRecord = new HashMap<>();

    Ownership(Snapshot snapshot, List<PackageSpec> packages) {
        this.snapshot = snapshot;
        for (PackageSpec p : packages) {
            p.headers().forEach(h -> byHeader.putIfAbsent(h.value(), p));
        }
        for (RecordType record : snapshot.records()) {
            PackageSpec owner = byHeader.get(record.header());
            if (owner != null) {
                byRecord.put(record.name(), owner);
            }
        }
        while (spread()) {
            // Each pass carries ownership one embedding further.
        }
    }

    /** The package of a record. */
    Optional<PackageSpec> ofRecord(String name) {
        return Optional.ofNullable(byRecord.get(name));
    }

    /** The package of a constant. */
    Optional<PackageSpec> ofConstant(Constant constant) {
        PackageSpec declared = byHeader.get(constant.header());
        if (declared == null) {
            return Optional.empty();
        }
        Optional<PackageSpec> argument = snapshot.ioctl(constant.name())
                .flatMap(this::argumentRecord)
                .flatMap(this::ofRecord)
                .filter(PackageSpec::hasArchitecture);
        return Optional.of(argument.orElse(declared));
    }

    /** Whether a member of a record of {@code embedding} must be opaque there. */
    boolean isOpaque(PackageSpec embedding, MemberType.Named type) {
        PackageSpec owner = byRecord.get(type.name());
        return !embedding.hasArchitecture() && owner != null && owner.hasArchitecture();
    }

    private Optional<String> argumentRecord(Ioctl ioctl) {
        String[] words = ioctl.argument().split(" ", -1);
        return words.length == 2 && (words[0].equals("struct") || words[0].equals("union"))
                ? Optional.of(words[1])
                : Optional.empty();
    }

    private boolean spread() {
        boolean changed = false;
        for (RecordType record : snapshot.records()) {
            PackageSpec owner = byRecord.get(record.name());
            if (owner == null) {
                continue;
            }
            for (String embedded : embedded(record.members()).toList()) {
                PackageSpec other = byRecord.get(embedded);
                if (other == null) {
                    byRecord.put(embedded, owner);
                    changed = true;
                } else if (other.hasArchitecture() && !owner.hasArchitecture() && !isNeutral(owner, record)) {
                    byRecord.put(record.name(), other);
                    owner = other;
                    changed = true;
                }
            }
        }
        return changed;
    }

    private static boolean isNeutral(PackageSpec owner, RecordType record) {
        return owner.neutral().stream().map(Stated::value).anyMatch(n -> Objects.equals(n, record.name()));
    }

    /** The names of all records that are embedded by value, in the order of their declaration. */
    private static Stream<String> embedded(List<Member> members) {
        return members.stream().flatMap(m -> switch (m.type()) {
            case MemberType.Named named -> Stream.of(named.name());
            case MemberType.Inline inline -> embedded(inline.members());
            case MemberType.Integer _, MemberType.Pointer _ -> Stream.empty();
        });
    }
}
