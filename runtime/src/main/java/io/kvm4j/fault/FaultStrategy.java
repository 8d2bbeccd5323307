package io.kvm4j.fault;

import io.kvm4j.FaultVariant;
import io.kvm4j.Kvm;
import io.kvm4j.Vm;
import java.util.ArrayList;
import java.util.List;

/** How a pager learns of the guest's faults. */
public sealed interface FaultStrategy {
    /** What it is and does, in words. */
    String describe();

    /**
     * Returns the variant to create a VM with, so that its slots report faults in this way: {@link Kvm#createVm(long,
     * FaultVariant)}.
     */
    default FaultVariant variant() {
        return FaultVariant.MAINLINE;
    }

    /** Returns how the slots of a VM report faults to a pager. */
    static FaultStrategy of(Vm vm) {
        return vm.faults() == FaultVariant.MAINLINE ? new Userfaultfd() : new MemoryFaultExits(vm.faults());
    }

    /** By threads that read a userfaultfd: every kernel has it. */
    record Userfaultfd() implements FaultStrategy {
        @Override
        public String describe() {
            return "userfaultfd: a vCPU that touches an absent page sleeps in the kernel until a reader has provided it";
        }
    }

    /**
     * By the exits of a proposal that was never merged: the vCPU that faults provides the page itself. Readers of a
     * userfaultfd serve what KVM touches on its own.
     *
     * @param variant how the kernel reports, and what its memory slots are told
     */
    record MemoryFaultExits(FaultVariant variant) implements FaultStrategy {
        /** Refuses mainline, whose exits do not report absent pages. */
        public MemoryFaultExits {
            if (variant == FaultVariant.MAINLINE) {
                throw new IllegalArgumentException(
                        "mainline reports memory faults of guest_memfd only, not absent pages");
            }
        }

        @Override
        public String describe() {
            return "memory fault exits (" + variant
                    + "): a vCPU that touches an absent page leaves the guest and provides"
                    + " it; a userfaultfd serves what KVM itself touches";
        }
    }

    /**
     * By runs that fail: every kernel with UFFD_FEATURE_SIGBUS lets KVM_RUN of a vCPU that touches an absent page fail with
     * EFAULT at once, and does not say where. Whoever runs the vCPU must know, and calls {@link FaultHandler#resolve(long)}.
     * Accesses of KVM itself fail the same way. This is for guests whose accesses are known, and is never {@link #best}.
     */
    record FailingRuns() implements FaultStrategy {
        @Override
        public String describe() {
            return "failing runs: KVM_RUN of a vCPU that touches an absent page fails (EFAULT, by UFFD_FEATURE_SIGBUS)"
                    + " without an address; whoever runs it knows where, and provides it";
        }
    }

    /**
     * What a kernel has of one strategy.
     *
     * @param available whether it can be used
     * @param reason why or why not, in words
     */
    record Finding(FaultStrategy strategy, boolean available, String reason) {}

    /**
     * Asks a kernel for every strategy, best first. No VM but one made for the question is touched.
     */
    static List<Finding> probe(Kvm kvm) {
        List<Finding> findings = new ArrayList<>();
        for (FaultVariant variant : FaultVariant.values()) {
            if (variant != FaultVariant.MAINLINE) {
                boolean has = kvm.supports(variant);
                findings.add(new Finding(
                        new MemoryFaultExits(variant),
                        has,
                        has ? "this kernel takes its slot flag" : "this kernel does not have the proposal " + variant));
            }
        }
        findings.add(probeUserfaultfd());
        return List.copyOf(findings);
    }

    private static Finding probeUserfaultfd() {
        try {
            return new Finding(
                    new Userfaultfd(),
                    true,
                    "this kernel has userfaultfd, with features 0x%x".formatted(UserfaultfdAccess.features()));
        } catch (UserfaultfdUnavailableException e) {
            return new Finding(new Userfaultfd(), false, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The best strategy that a kernel has.
     *
     * @throws PagingException if it has none; the message says why
     */
    static FaultStrategy best(Kvm kvm) {
        List<Finding> findings = probe(kvm);
        if (!findings.getLast().available()) {
            throw new UserfaultfdUnavailableException(findings.getLast().reason());
        }
        return findings.stream()
                .filter(Finding::available)
                .findFirst()
                .orElseThrow()
                .strategy();
    }
}
