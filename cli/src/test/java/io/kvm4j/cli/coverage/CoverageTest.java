package io.kvm4j.cli.coverage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.sets.CommittedSnapshots;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Snapshot;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How much of the headers the bindings offer. For the project's own header sets anything less than all of it fails the
 * build here; for a user's headers the processor's warnings must do.
 */
class CoverageTest {
    private final GeneratedPackages packages = new GeneratedPackages(BindingClasses.all());

    @ParameterizedTest
    @MethodSource("ownSets")
    void everythingOfTheProjectsOwnSetsIsCovered(String set) {
        Coverage coverage = Coverage.of(packages, snapshots(set));
        assertTrue(coverage.isComplete(), coverage::toString);
    }

    static Stream<String> ownSets() {
        return HeaderSet.COMMITTED.stream().map(HeaderSet::name);
    }

    @Test
    void linux72HasSoMuch() {
        Coverage coverage = Coverage.of(packages, snapshots("linux-7.2"));
        assertEquals(
                Map.of("aarch64", 43, "riscv64", 33, "x86_64", 106),
                kvm(coverage, i -> i.methods().covered()));
        assertEquals(
                Map.of("aarch64", 53, "riscv64", 43, "x86_64", 121),
                kvm(
                        coverage,
                        i -> i.pairs().values().stream()
                                .mapToInt(Integer::intValue)
                                .sum()));
        assertTrue(coverage.ioctls().stream()
                .filter(i -> i.header().equals("linux/kvm.h"))
                .allMatch(i -> i.macros() == 151));
        assertEquals(new Coverage.Part(44, Set.of()), coverage.exits());
        assertEquals(new Coverage.Part(33, Set.of()), coverage.arms());
    }

    @Test
    void constantsFallIntoGroupsWithoutOverlap() {
        Coverage coverage = Coverage.of(packages, snapshots(packages.set()));
        for (Coverage.Constants c : coverage.constants()) {
            assertEquals(
                    packages.constants(c.architecture()).size(),
                    c.flags() + c.values() + c.requests() + c.plainTotal());
            assertEquals(Set.of(), c.missing());
            assertTrue(c.plain().keySet().stream().noneMatch(r -> r.startsWith("in no enum")), c.toString());
            assertTrue(c.flags() > 0 && c.values() > 0 && c.requests() > 0 && c.plainTotal() > 0, c.toString());
        }
    }

    @Test
    void newIoctlIsOpenWhereverItIs() {
        List<Snapshot> snapshots = snapshots(packages.set());
        Snapshot arm = snapshots.getFirst();
        snapshots.set(0, with(arm, arm.constants(), List.of("KVM_FROB")));
        Coverage coverage = Coverage.of(packages, snapshots);
        assertFalse(coverage.isComplete());
        assertEquals(
                List.of("aarch64 [KVM_FROB]"),
                coverage.ioctls().stream()
                        .filter(i -> !i.methods().open().isEmpty())
                        .map(i -> i.architecture() + " " + i.methods().open())
                        .toList());
    }

    @Test
    void newExitIsOpen() {
        List<Snapshot> snapshots = snapshots(packages.set());
        Snapshot arm = snapshots.getFirst();
        List<Constant> constants = new ArrayList<>(arm.constants());
        constants.add(new Constant("KVM_EXIT_FROB", "linux/kvm.h", BigInteger.valueOf(99), 4, true));
        snapshots.set(0, with(arm, constants, List.of()));
        Coverage coverage = Coverage.of(packages, snapshots);
        assertEquals(Set.of("KVM_EXIT_FROB"), coverage.exits().open());
        assertFalse(coverage.isComplete());
    }

    private static Snapshot with(Snapshot s, List<Constant> constants, List<String> unavailable) {
        List<String> all = new ArrayList<>(s.unavailableIoctls());
        all.addAll(unavailable);
        return new Snapshot(s.headerSet(), s.architecture(), s.headers(), s.records(), constants, s.ioctls(), all);
    }

    private static Map<String, Integer> kvm(Coverage coverage, Function<Coverage.Ioctls, Integer> count) {
        return coverage.ioctls().stream()
                .filter(i -> i.header().equals("linux/kvm.h"))
                .collect(Collectors.toMap(Coverage.Ioctls::architecture, count));
    }

    private List<Snapshot> snapshots(String set) {
        return packages.architectures().stream()
                .flatMap(a -> CommittedSnapshots.find(set, Architecture.of(a)).stream())
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
