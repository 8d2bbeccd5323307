package io.kvm4j.processor.resolve;

import io.kvm4j.snapshot.ArgumentRecord;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.EmbeddedRecords;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What several architectures declare alike: a record that every one of them has with the same members, the records that
 * it embeds included, and a constant that every one of them has with the same value.
 */
final class CommonAbi {
    private final List<Snapshot> snapshots;
    private final Set<String> kept;
    private final Map<String, RecordType> records = new TreeMap<>();
    private final Map<String, Constant> constants = new TreeMap<>();

    /**
     * Compares snapshots of one header set.
     *
     * @param snapshots the snapshots, of one architecture each
     * @param architectures which headers belong to one architecture, so that nothing in them is common
     * @param kept records that are common though they embed records of one architecture
     */
    CommonAbi(List<Snapshot> snapshots, Predicate<String> architectures, Set<String> kept) {
        this.snapshots = List.copyOf(snapshots);
        this.kept = kept;
        List<Map<String, RecordType>> all = byName(Snapshot::records, RecordType::name);
        all.getFirst().values().stream()
                .filter(r -> !architectures.test(r.header()))
                .forEach(r -> merged(r.name(), all, (a, b) -> mergeOf(a).merge(a, b))
                        .ifPresent(common -> records.put(common.name(), common)));
        dropWhatEmbedsOthers(records);
        List<Map<String, Constant>> numbers = byName(Snapshot::constants, Constant::name);
        Set<String> moved = requestsOfOtherRecords();
        numbers.getFirst().values().stream()
                .filter(c -> !architectures.test(c.header()) && !moved.contains(c.name()))
                .forEach(c -> merged(c.name(), numbers, (a, b) -> a.equals(b) ? Optional.of(a) : Optional.empty())
                        .ifPresent(common -> constants.put(common.name(), common)));
    }

    /** The snapshots that were compared. */
    List<Snapshot> snapshots() {
        return snapshots;
    }

    /** Whether a record is common; one of a snapshot that was not compared must be alike too. */
    Set<String> commonRecords(Snapshot snapshot) {
        Map<String, RecordType> alike = new HashMap<>();
        for (RecordType record : snapshot.records()) {
            Optional.ofNullable(records.get(record.name()))
                    .flatMap(common -> mergeOf(record).merge(common, record))
                    .ifPresent(common -> alike.put(common.name(), common));
        }
        dropWhatEmbedsOthers(alike);
        return Set.copyOf(alike.keySet());
    }

    /** Whether a constant is common, with this value. */
    boolean isCommon(Constant constant) {
        return constant.equals(constants.get(constant.name()));
    }

    /** Whether a record is common, of whatever members. */
    boolean hasRecord(String name) {
        return records.containsKey(name);
    }

    /** Takes out what another comparison, of headers that were not compared here, found to differ. */
    void dropWhatDiffersIn(CommonAbi other) {
        for (Snapshot snapshot : other.snapshots) {
            snapshot.records().stream()
                    .map(RecordType::name)
                    .filter(name -> !other.records.containsKey(name))
                    .forEach(records::remove);
            snapshot.constants().stream()
                    .map(Constant::name)
                    .filter(name -> !other.constants.containsKey(name))
                    .forEach(constants::remove);
        }
        dropWhatEmbedsOthers(records);
    }

    /** The common declarations as a snapshot of all architectures. */
    Snapshot asSnapshot() {
        return snapshot(constants.values());
    }

    /**
     * The common declarations, and every constant of the given headers that only some architectures define but none with
     * another value: what groups of macros are made of, since their numbers mean the same everywhere.
     */
    Snapshot asSnapshotWithAllNumbers(Predicate<String> headers) {
        Map<String, List<Constant>> all = snapshots.stream()
                .flatMap(s -> s.constants().stream())
                .filter(c -> headers.test(c.header()))
                .distinct()
                .collect(Collectors.groupingBy(Constant::name));
        Stream<Constant> partial = all.values().stream()
                .filter(same -> same.size() == 1)
                .map(List::getFirst)
                .filter(c -> !constants.containsKey(c.name()));
        return snapshot(Stream.concat(constants.values().stream(), partial)
                .sorted(Comparator.comparing(Constant::name))
                .toList());
    }

    private Snapshot snapshot(Collection<Constant> numbers) {
        Snapshot first = snapshots.getFirst();
        if (snapshots.size() == 1) {
            return new Snapshot(
                    first.headerSet(),
                    first.architecture(),
                    first.headers(),
                    List.copyOf(records.values()),
                    List.copyOf(numbers),
                    ioctls(),
                    first.unavailableIoctls());
        }
        return new Snapshot(
                first.headerSet(),
                snapshots.stream().map(Snapshot::architecture).collect(Collectors.joining(", ")),
                snapshots.stream()
                        .flatMap(s -> s.headers().stream())
                        .distinct()
                        .sorted(Comparator.comparing(Header::path).thenComparing(Header::sha256))
                        .toList(),
                List.copyOf(records.values()),
                List.copyOf(numbers),
                ioctls(),
                first.unavailableIoctls().stream()
                        .filter(name -> snapshots.stream()
                                .allMatch(s -> s.unavailableIoctls().contains(name)))
                        .toList());
    }

    private List<Ioctl> ioctls() {
        List<Map<String, Ioctl>> all = byName(Snapshot::ioctls, Ioctl::name);
        return all.getFirst().values().stream()
                .filter(i -> constants.containsKey(i.name()))
                .filter(i -> all.stream().allMatch(m -> i.equals(m.get(i.name()))))
                .toList();
    }

    /** Request macros whose argument is a record that is not common: the number goes with it. */
    private Set<String> requestsOfOtherRecords() {
        return snapshots.stream()
                .flatMap(s -> s.ioctls().stream()
                        .filter(i -> ArgumentRecord.of(i)
                                .filter(name -> !records.containsKey(name))
                                .filter(name -> s.record(name).isPresent())
                                .isPresent()))
                .map(Ioctl::name)
                .collect(Collectors.toSet());
    }

    private RecordMerge mergeOf(RecordType record) {
        return kept.contains(record.name()) ? RecordMerge.withOpaqueMembers() : RecordMerge.exact();
    }

    private void dropWhatEmbedsOthers(Map<String, RecordType> candidates) {
        while (candidates
                .values()
                .removeIf(
                        r -> !kept.contains(r.name()) && !EmbeddedRecords.of(r).allMatch(candidates::containsKey))) {
            // Each pass carries the difference one embedding further.
        }
    }

    private <T> List<Map<String, T>> byName(Function<Snapshot, List<T>> declarations, Function<T, String> name) {
        return snapshots.stream()
                .map(s -> declarations.apply(s).stream()
                        .collect(Collectors.toMap(name, Function.identity(), (a, _) -> a, LinkedHashMap::new)))
                .<Map<String, T>>map(m -> m)
                .toList();
    }

    /** What stands for the declarations of a name in all maps, if each has one and {@code merge} finds no difference. */
    private static <T> Optional<T> merged(String name, List<Map<String, T>> all, BiFunction<T, T, Optional<T>> merge) {
        return all.stream()
                .map(m -> Optional.ofNullable(m.get(name)))
                .reduce((a, b) -> a.flatMap(x -> b.flatMap(y -> merge.apply(x, y))))
                .orElseThrow();
    }
}
