package io.kvm4j;

import io.kvm4j.cpuid.Cpuid;
import io.kvm4j.cpuid.CpuidPolicy;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmClockData;
import io.kvm4j.uapi.KvmPitConfig;
import io.kvm4j.uapi.MsrExitReason;
import io.kvm4j.uapi.MsrExitReasons;
import io.kvm4j.uapi.PitConfigFlag;
import io.kvm4j.uapi.PitConfigFlags;
import io.kvm4j.uapi.x86_64.KvmMsrList;
import io.kvm4j.uapi.x86_64.MsrFilter;
import io.kvm4j.uapi.x86_64.X86Constants;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What x86_64 adds to a VM. Any thread may use it. */
public final class X86Vm {
    private final Vm vm;
    private final X86VmIoctls ioctls;
    private final X86Support support;
    private volatile @Nullable PitConfigFlags pit;
    private volatile CpuidPolicy cpuidPolicy = CpuidPolicy.standard();

    X86Vm(Vm vm, X86VmIoctls ioctls, X86Support support) {
        this.vm = vm;
        this.ioctls = ioctls;
        this.support = support;
    }

    /**
     * The ioctls of the VM, as {@link Vm#ioctls}.
     *
     * @throws IllegalStateException if the VM is closed
     */
    public X86VmIoctls ioctls() {
        vm.ioctls();
        return ioctls;
    }

    /** The MSRs that a vCPU's state has ({@code KVM_GET_MSR_INDEX_LIST}): to be read only. */
    public KvmMsrList msrs() {
        return support.msrs();
    }

    /**
     * What this host's processors and KVM can answer to the CPUID instruction ({@code KVM_GET_SUPPORTED_CPUID}). Some of it
     * names the processor that was asked: {@link CpuidPolicy} makes a vCPU's answers from it.
     */
    public Cpuid supportedCpuid() {
        return support.cpuid();
    }

    /** Sets what {@link Vm#createVcpu} gives the vCPUs that it creates from now on. */
    public void cpuidPolicy(CpuidPolicy policy) {
        cpuidPolicy = policy;
    }

    /** The policy of {@link #cpuidPolicy(CpuidPolicy)}, {@link CpuidPolicy#standard} unless that was called. */
    public CpuidPolicy cpuidPolicy() {
        return cpuidPolicy;
    }

    /**
     * Creates the interrupt controllers of a PC in the kernel: two 8259 PICs, an I/O APIC, and a local APIC with each vCPU.
     * From then on HLT sleeps in KVM_RUN until an interrupt comes, instead of exiting.
     *
     * @throws ErrnoException with EEXIST if there are some, EINVAL if there is a vCPU already
     */
    public void createIrqchip() {
        vm.tell(_ -> ioctls.createIrqchip());
    }

    /**
     * Creates the part of a PC's interrupt controllers in the kernel that matters for speed: a local APIC with each vCPU.
     * The PICs and the I/O APIC are left to the VMM: {@code KVM_CAP_SPLIT_IRQCHIP}. Interrupts reach the guest as
     * messages, from an {@link io.kvm4j.interrupts.Msi} or a {@link io.kvm4j.interrupts.GsiRoute.ToMsi}. HLT sleeps in
     * KVM_RUN as with {@link #createIrqchip}.
     *
     * @param routes how many GSIs, from 0 on, belong to inputs of the VMM's I/O APIC. When the guest has handled a
     *     level-triggered interrupt that one of them is routed to, {@link Vcpu#run} returns a {@link
     *     io.kvm4j.uapi.KvmExit.IoapicEoi}
     * @throws IllegalArgumentException if the number is negative, or larger than KVM allows
     * @throws IllegalStateException if the VM has an interrupt controller or a vCPU already
     * @throws UnsupportedOperationException if the kernel lacks KVM_CAP_SPLIT_IRQCHIP
     */
    public void createSplitIrqchip(int routes) {
        if (vm.checkExtension(Capability.KVM_CAP_SPLIT_IRQCHIP) == 0) {
            throw new UnsupportedOperationException(
                    "this kernel cannot split the interrupt controller (KVM_CAP_SPLIT_IRQCHIP): use createIrqchip()");
        }
        try {
            vm.enableCap(Capability.KVM_CAP_SPLIT_IRQCHIP, routes);
        } catch (ErrnoException e) {
            throw switch (e.errno()) {
                case Errno.EEXIST ->
                    new IllegalStateException(
                            "the VM has an interrupt controller or a vCPU already: create the split controller before either",
                            e);
                case Errno.EINVAL ->
                    new IllegalArgumentException(
                            "%d routes for the I/O APIC of the VMM: there can be 0 to %d (KVM_CAP_IRQ_ROUTING)"
                                    .formatted(routes, vm.checkExtension(Capability.KVM_CAP_IRQ_ROUTING)),
                            e);
                default -> e;
            };
        }
    }

    /**
     * Lets messages and local APICs use all 32 bits of an APIC id, so that {@link io.kvm4j.interrupts.Msi} reaches vCPUs
     * above 255, and takes 255 for one vCPU instead of all: {@code KVM_CAP_X2APIC_API}. It cannot be undone, and it changes
     * what KVM_GET_LAPIC and KVM_SET_LAPIC hold of an x2APIC's id.
     *
     * @throws ErrnoException if the kernel lacks the capability
     */
    public void use32BitApicIds() {
        vm.enableCap(
                Capability.KVM_CAP_X2APIC_API,
                X86Constants.KVM_X2APIC_API_USE_32BIT_IDS | X86Constants.KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK);
    }

    /**
     * Creates the timer of a PC, an 8254 PIT, in the kernel, where its interrupt needs the controllers of {@link
     * #createIrqchip}.
     *
     * @param flags KVM_PIT_SPEAKER_DUMMY to have it answer the speaker's port 0x61 too
     * @throws io.kvm4j.uapi.ErrnoException with ENOENT if there is no such controller, EEXIST if there is a timer
     */
    public void createPit(PitConfigFlag... flags) {
        createPit(PitConfigFlags.of(flags));
    }

    /** Does what {@link #createPit(PitConfigFlag...)} does, with flags that may have no names. */
    public void createPit(PitConfigFlags flags) {
        try (Arena arena = Arena.ofConfined()) {
            KvmPitConfig config = KvmPitConfig.allocate(arena).flags(flags);
            vm.tell(_ -> ioctls.createPit2(config));
        }
        pit = flags;
    }

    /** How {@link #createPit} made the timer, which KVM does not tell; empty if that was not called. */
    public Optional<PitConfigFlags> pit() {
        return Optional.ofNullable(pit);
    }

    /**
     * Lets the guest's accesses to MSRs come back as {@link io.kvm4j.uapi.KvmExit.X86Rdmsr} and {@link
     * io.kvm4j.uapi.KvmExit.X86Wrmsr} instead of failing with a general protection fault: {@code
     * KVM_CAP_X86_USER_SPACE_MSR}. It replaces what was set before.
     *
     * @param why the accesses that are meant: to MSRs that KVM does not know, with values that it refuses, or that {@link
     *     #filterMsrs} denies; none for no exits
     * @throws ErrnoException if the kernel lacks the capability, or knows no such reason
     */
    public void exitOnMsrs(MsrExitReason... why) {
        vm.enableCap(
                Capability.KVM_CAP_X86_USER_SPACE_MSR, MsrExitReasons.of(why).bits());
    }

    /**
     * Denies the guest some MSRs, also while it runs: {@code KVM_X86_SET_MSR_FILTER}. An access to one fails with a general
     * protection fault, unless {@link #exitOnMsrs} lets it exit. It replaces the filter that was set before; one without
     * ranges, that allows all others, takes it away.
     *
     * @throws ErrnoException if the kernel lacks KVM_CAP_X86_MSR_FILTER
     */
    public void filterMsrs(MsrFilter filter) {
        vm.tell(_ -> ioctls.x86SetMsrFilter(filter.struct()));
        vm.settings().filtered(filter);
    }

    /** Reads the clock that the guest's kvmclock shows: {@code KVM_GET_CLOCK}. A new view each time. */
    public KvmClockData clock() {
        KvmClockData clock = KvmClockData.allocate(Arena.ofAuto());
        vm.tell(_ -> ioctls.getClock(clock));
        return clock;
    }

    /**
     * Reads the clock, lets {@code change} change it, and sets it: {@code KVM_SET_CLOCK}. Flags that only a reading has are
     * cleared before.
     */
    public void setClock(Consumer<KvmClockData> change) {
        KvmClockData clock = clock().flags(0);
        change.accept(clock);
        vm.tell(_ -> ioctls.setClock(clock));
    }
}
