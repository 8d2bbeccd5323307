package io.kvm4j.headers.diff;

import io.kvm4j.headers.diff.Difference.Change;
import io.kvm4j.headers.diff.Difference.Subject;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What two snapshots of one architecture declare differently.
 *
 * @param before the earlier snapshot
 * @param after the later snapshot
 * @param differences ioctls, records, exits, capabilities and constants, in this order, each in the order of its names
 */
public record SnapshotDiff(Snapshot before, Snapshot after, List<Difference> differences) {
    static final String CAPABILITIES = "KVM_CAP_";

    public SnapshotDiff {
        differences = List.copyOf(differences);
    }

    /**
     * Compares two snapshots.
     *
     * @throws IllegalArgumentException if they are of different architectures
     */
    public static SnapshotDiff of(Snapshot before, Snapshot after) {
        if (!before.architecture().equals(after.architecture())) {
            throw new IllegalArgumentException(before.architecture() + " and " + after.architecture());
        }
        List<Difference> differences = new ArrayList<>();
        differences.addAll(ioctls(before, after));
        differences.addAll(records(before, after));
        Map<Subject, List<Difference>> constants = constants(before, after);
        for (Subject subject : List.of(Subject.EXIT, Subject.CAPABILITY, Subject.CONSTANT)) {
            differences.addAll(constants.getOrDefault(subject, List.of()));
        }
        return new SnapshotDiff(before, after, differences);
    }

    private static List<Difference> ioctls(Snapshot before, Snapshot after) {
        Map<String, Ioctl> old = byName(before.ioctls(), Ioctl::name);
        Map<String, Ioctl> now = byName(after.ioctls(), Ioctl::name);
        List<Difference> differences = new ArrayList<>();
        for (String name : union(old.keySet(), now.keySet())) {
            String was = text(old.get(name), ioctl -> Request.of(before, ioctl).text(ioctl));
            String is = text(now.get(name), ioctl -> Request.of(after, ioctl).text(ioctl));
            String header = header(before, after, name);
            compare(Subject.IOCTL, name, header, was, is, List.of()).ifPresent(differences::add);
        }
        return differences;
    }

    private static String header(Snapshot before, Snapshot after, String constant) {
        return after.constant(constant)
                .or(() -> before.constant(constant))
                .map(Constant::header)
                .orElseThrow();
    }

    private static List<Difference> records(Snapshot before, Snapshot after) {
        Map<String, RecordType> old = byName(before.records(), RecordType::name);
        Map<String, RecordType> now = byName(after.records(), RecordType::name);
        List<Difference> differences = new ArrayList<>();
        for (String name : union(old.keySet(), now.keySet())) {
            RecordType was = old.get(name);
            RecordType is = now.get(name);
            RecordType one = is == null ? Objects.requireNonNull(was) : is;
            List<Difference> fields = fields(one.header(), was, is);
            compare(
                            Subject.RECORD,
                            one.cType(),
                            one.header(),
                            text(was, SnapshotDiff::describe),
                            text(is, SnapshotDiff::describe),
                            fields)
                    .ifPresent(differences::add);
        }
        return differences;
    }

    private static String describe(RecordType type) {
        return type.kind().keyword() + ", " + Fields.bytes(type.size()) + ", aligned to " + type.alignment();
    }

    private static List<Difference> fields(String header, @Nullable RecordType before, @Nullable RecordType after) {
        Map<String, String> old = before == null ? Map.of() : Fields.of(before);
        Map<String, String> now = after == null ? Map.of() : Fields.of(after);
        Set<String> paths = new LinkedHashSet<>(now.keySet());
        paths.addAll(old.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String path : paths) {
            String was = old.getOrDefault(path, "");
            String is = now.getOrDefault(path, "");
            compare(Subject.FIELD, path, header, was, is, List.of()).ifPresent(differences::add);
        }
        return differences;
    }

    /** All constants but the numbers of ioctls, which are told with these. */
    private static Map<Subject, List<Difference>> constants(Snapshot before, Snapshot after) {
        Map<String, Constant> old = byName(before.constants(), Constant::name);
        Map<String, Constant> now = byName(after.constants(), Constant::name);
        Set<String> names = union(old.keySet(), now.keySet());
        before.ioctls().forEach(ioctl -> names.remove(ioctl.name()));
        after.ioctls().forEach(ioctl -> names.remove(ioctl.name()));
        Set<String> exits = new HashSet<>(ExitReasons.of(before));
        exits.addAll(ExitReasons.of(after));
        Map<Subject, List<Difference>> differences = new LinkedHashMap<>();
        for (String name : names) {
            Subject subject = exits.contains(name)
                    ? Subject.EXIT
                    : name.startsWith(CAPABILITIES) ? Subject.CAPABILITY : Subject.CONSTANT;
            String was = text(old.get(name), SnapshotDiff::describe);
            String is = text(now.get(name), SnapshotDiff::describe);
            compare(subject, name, header(before, after, name), was, is, List.of())
                    .ifPresent(difference -> differences
                            .computeIfAbsent(subject, _ -> new ArrayList<>())
                            .add(difference));
        }
        return differences;
    }

    /** Small numbers read best in decimal, flags and masks in hexadecimal. */
    private static String describe(Constant constant) {
        BigInteger value = constant.value();
        boolean isLarge = value.compareTo(BigInteger.valueOf(0x10000)) >= 0;
        return (isLarge ? "0x" + value.toString(16) : value.toString()) + " (" + constant.cType() + ")";
    }

    private static Optional<Difference> compare(
            Subject subject, String name, String header, String before, String after, List<Difference> fields) {
        if (before.equals(after) && fields.isEmpty()) {
            return Optional.empty();
        }
        Change change = before.isEmpty() ? Change.ADDED : after.isEmpty() ? Change.REMOVED : Change.CHANGED;
        return Optional.of(new Difference(subject, change, name, header, before, after, fields));
    }

    private static <T> String text(@Nullable T value, Function<T, String> description) {
        return value == null ? "" : description.apply(value);
    }

    private static <T> Map<String, T> byName(List<T> entries, Function<T, String> name) {
        Map<String, T> map = new TreeMap<>();
        entries.forEach(entry -> map.put(name.apply(entry), entry));
        return map;
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> union = new TreeSet<>(one);
        union.addAll(other);
        return union;
    }
}
