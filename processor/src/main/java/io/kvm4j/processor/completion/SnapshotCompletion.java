package io.kvm4j.processor.completion;

import io.kvm4j.snapshot.ArgumentRecord;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.EmbeddedRecords;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Completes one snapshot by another of the same architecture. What it declares itself stays as it is, but for records
 * that the other one extends; what only the other one declares, in headers that both cover, comes to it.
 */
final class SnapshotCompletion {
    private final Snapshot own;
    private final Snapshot specs;
    private final Set<String> covered;
    private final Map<String, RecordType> records;
    private final Map<String, Constant> constants;
    private final Map<String, Ioctl> ioctls;

    SnapshotCompletion(Snapshot own, Snapshot specs) {
        this.own = own;
        this.specs = specs;
        this.covered = own.headers().stream().map(Header::path).collect(Collectors.toSet());
        this.records = byName(own.records(), RecordType::name);
        this.constants = byName(own.constants(), Constant::name);
        this.ioctls = byName(own.ioctls(), Ioctl::name);
    }

    Snapshot complete() {
        specs.records().stream()
                .filter(r -> (records.containsKey(r.name()) || covered.contains(r.header())) && isUsable(r))
                .forEach(r -> records.merge(r.name(), r, RecordCompletion::complete));
        addEmbedded();
        specs.constants().stream()
                .filter(c ->
                        covered.contains(c.header()) && specs.ioctl(c.name()).isEmpty())
                .forEach(c -> constants.putIfAbsent(c.name(), c));
        specs.ioctls().forEach(this::addIoctl);
        specs.records().forEach(r -> records.computeIfPresent(r.name(), (_, mine) -> placed(mine, r.header())));
        specs.constants().forEach(c -> constants.computeIfPresent(c.name(), (_, mine) -> placed(mine, c.header())));
        return new Snapshot(
                own.headerSet(),
                own.architecture(),
                own.headers(),
                records.values().stream().toList(),
                constants.values().stream().toList(),
                ioctls.values().stream().toList(),
                unavailable());
    }

    /** The record where the specs expect it: declarations move between headers, such as from linux/ to asm/. */
    private RecordType placed(RecordType r, String header) {
        return covered.contains(header)
                ? new RecordType(r.name(), r.kind(), header, r.size(), r.alignment(), r.members())
                : r;
    }

    private Constant placed(Constant c, String header) {
        return covered.contains(header) ? new Constant(c.name(), header, c.value(), c.size(), c.signed()) : c;
    }

    /** Whether all that a record embeds by value has the size here that it has there. */
    private boolean isUsable(RecordType other) {
        return EmbeddedRecords.of(other)
                .allMatch(name -> own.record(name).isPresent()
                        ? size(own.record(name)) == size(specs.record(name))
                        : specs.record(name).filter(this::isUsable).isPresent());
    }

    /** Records that those which came embed by value, from whichever header. */
    private void addEmbedded() {
        Optional<RecordType> next = embeddedOnly();
        while (next.isPresent()) {
            records.put(next.get().name(), next.get());
            next = embeddedOnly();
        }
    }

    private Optional<RecordType> embeddedOnly() {
        return records.values().stream()
                .flatMap(EmbeddedRecords::of)
                .filter(name -> !records.containsKey(name))
                .flatMap(name -> specs.record(name).stream())
                .findFirst();
    }

    /** An ioctl goes with its number, which holds the argument's size: it does not come if that is another one here. */
    private void addIoctl(Ioctl ioctl) {
        boolean sameArgument = ArgumentRecord.of(ioctl)
                .map(name -> size(Optional.ofNullable(records.get(name))) == size(specs.record(name)))
                .orElse(true);
        specs.constant(ioctl.name())
                .filter(c -> sameArgument && covered.contains(c.header()) && !constants.containsKey(c.name()))
                .ifPresent(c -> {
                    constants.put(c.name(), c);
                    ioctls.put(ioctl.name(), ioctl);
                });
    }

    private List<String> unavailable() {
        return Stream.concat(own.unavailableIoctls().stream(), specs.unavailableIoctls().stream())
                .filter(name -> !ioctls.containsKey(name))
                .distinct()
                .sorted()
                .toList();
    }

    private static long size(Optional<RecordType> type) {
        return type.map(RecordType::size).orElse(-1L);
    }

    private static <T> Map<String, T> byName(List<T> declarations, Function<T, String> name) {
        return declarations.stream().collect(Collectors.toMap(name, Function.identity(), (a, _) -> a, TreeMap::new));
    }
}
