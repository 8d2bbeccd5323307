package io.kvm4j.headers.diff;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.sets.CommittedSnapshots;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.headers.sets.Proposal;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.Snapshot;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The numbers of a proposal that mean something else in mainline: a kernel that answers to one of them need not
 * implement the proposal.
 *
 * @param proposal the snapshot of the proposal
 * @param mainline the snapshot that it is held against, of the same architecture
 * @param collisions in the order of the kinds, and of the proposal's names
 */
public record ProposalCollisions(Snapshot proposal, Snapshot mainline, List<Collision> collisions) {

    /** What numbers are drawn from: two macros collide only if they are of the same kind. */
    public enum Kind {
        /** Capabilities. */
        CAPABILITY("capability"),
        /** Reasons of KVM_RUN to return. */
        EXIT("exit reason"),
        /** Bits of the flags of a memory slot. */
        SLOT_FLAG("memory slot flag"),
        /** Bits of memory_fault.flags in struct kvm_run. */
        FAULT_FLAG("memory fault flag"),
        /** Ioctls of the same driver, by their number without size and direction. */
        IOCTL("ioctl");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** What to call one of them. */
        public String label() {
            return label;
        }
    }

    /**
     * Two macros that contradict each other: one value with two names, or one name with two values.
     *
     * @param kind what both are
     * @param name the proposal's name
     * @param value the proposal's value; of an ioctl the number without size and direction
     * @param mainlineName what mainline calls the value, or the name itself where it has another value
     * @param mainlineValue mainline's value of that name
     */
    public record Collision(Kind kind, String name, BigInteger value, String mainlineName, BigInteger mainlineValue) {

        /** The collision in a line. */
        public String text() {
            String start = "%s %s = %s".formatted(kind.label(), name, number(value));
            return name.equals(mainlineName)
                    ? "%s, but mainline's is %s".formatted(start, number(mainlineValue))
                    : "%s is mainline's %s".formatted(start, mainlineName);
        }

        private String number(BigInteger number) {
            return kind == Kind.CAPABILITY || kind == Kind.EXIT ? number.toString() : "0x" + number.toString(16);
        }
    }

    /**
     * A macro with the number that counts.
     *
     * @param value what may collide
     */
    private record Numbered(String name, BigInteger value) {}

    private static final List<String> FAULT_FLAGS = List.of("KVM_MEMORY_EXIT_FLAG_", "KVM_MEMFAULT_REASON_");

    public ProposalCollisions {
        collisions = List.copyOf(collisions);
    }

    /** Compares the snapshots of a proposal and of mainline. */
    public static ProposalCollisions of(Snapshot proposal, Snapshot mainline) {
        List<Collision> collisions = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            List<Numbered> theirs = numbers(kind, mainline).toList();
            numbers(kind, proposal).forEach(ours -> collide(kind, ours, theirs).ifPresent(collisions::add));
        }
        return new ProposalCollisions(proposal, mainline, collisions);
    }

    /**
     * Compares all proposals with mainline, on each of their architectures.
     *
     * @param mainline the name of a committed header set
     * @throws HeadersException with {@link HeadersException.Problem#UNKNOWN_SET}
     */
    public static List<ProposalCollisions> ofAll(String mainline) {
        String known = HeaderSet.of(mainline).name();
        List<ProposalCollisions> all = new ArrayList<>();
        for (Proposal proposal : Proposal.ALL) {
            for (Architecture architecture : proposal.architectures()) {
                all.add(of(
                        CommittedSnapshots.find(proposal.set(), architecture).orElseThrow(),
                        CommittedSnapshots.find(known, architecture).orElseThrow()));
            }
        }
        return all;
    }

    /** A line that names both sets, and one for each collision. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("%s for %s, in %s:".formatted(proposal.headerSet(), proposal.architecture(), mainline.headerSet()));
        collisions.forEach(collision -> lines.add("  " + collision.text()));
        return lines;
    }

    private static Optional<Collision> collide(Kind kind, Numbered ours, List<Numbered> theirs) {
        Predicate<Numbered> sameName = number -> number.name().equals(ours.name());
        Predicate<Numbered> sameValue = number -> number.value().equals(ours.value());
        if (theirs.stream().anyMatch(sameName.and(sameValue))) {
            return Optional.empty();
        }
        return theirs.stream()
                .filter(sameValue)
                .findFirst()
                .or(() -> theirs.stream().filter(sameName).findFirst())
                .map(number -> new Collision(kind, ours.name(), ours.value(), number.name(), number.value()));
    }

    private static Stream<Numbered> numbers(Kind kind, Snapshot snapshot) {
        return switch (kind) {
            case CAPABILITY -> constants(snapshot, name -> name.startsWith(SnapshotDiff.CAPABILITIES));
            case EXIT -> {
                Set<String> reasons = ExitReasons.of(snapshot);
                yield constants(snapshot, reasons::contains);
            }
            case SLOT_FLAG -> constants(snapshot, name -> name.startsWith("KVM_MEM_"));
            case FAULT_FLAG -> constants(snapshot, name -> FAULT_FLAGS.stream().anyMatch(name::startsWith));
            case IOCTL -> snapshot.ioctls().stream().map(ioctl -> number(snapshot, ioctl));
        };
    }

    private static Stream<Numbered> constants(Snapshot snapshot, Predicate<String> isOne) {
        return snapshot.constants().stream()
                .filter(constant -> isOne.test(constant.name()))
                .map(ProposalCollisions::number);
    }

    private static Numbered number(Constant constant) {
        return new Numbered(constant.name(), constant.value());
    }

    private static Numbered number(Snapshot snapshot, Ioctl ioctl) {
        Request request = Request.of(snapshot, ioctl);
        return new Numbered(ioctl.name(), BigInteger.valueOf(request.type() << 8 | request.nr()));
    }
}
