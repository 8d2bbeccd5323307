package io.kvm4j.state;

import io.kvm4j.EnabledCapability;
import io.kvm4j.Vm;
import io.kvm4j.VmSettings;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmIrqRouting;
import io.kvm4j.uapi.KvmIrqRoutingEntry;
import io.kvm4j.uapi.x86_64.MsrFilter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a VM was set up, as parts of its state: the capabilities that a guest can notice, the routes of its interrupts, and the
 * filter of its MSRs.
 *
 * @param capabilities in the order in which they were turned on
 * @param irqRouting null if the VM has the routes that KVM gave it
 * @param msrFilter null if no MSRs are filtered
 */
record X86VmSetup(
        List<EnabledCapability> capabilities,
        @Nullable KvmIrqRouting irqRouting,
        @Nullable MsrFilter msrFilter) {
    static final String IRQ_ROUTING = "kvm_irq_routing";
    static final String MSR_FILTER = "kvm_msr_filter";
    static final Set<String> PARTS = Set.of(SavedCapabilities.PART, IRQ_ROUTING, MSR_FILTER);

    private static final SavedCapabilities SAVED = new SavedCapabilities(
            Capability.KVM_CAP_SPLIT_IRQCHIP,
            Capability.KVM_CAP_X2APIC_API,
            Capability.KVM_CAP_DISABLE_QUIRKS,
            Capability.KVM_CAP_DISABLE_QUIRKS2,
            Capability.KVM_CAP_X86_DISABLE_EXITS,
            Capability.KVM_CAP_MSR_PLATFORM_INFO,
            Capability.KVM_CAP_EXCEPTION_PAYLOAD,
            Capability.KVM_CAP_X86_TRIPLE_FAULT_EVENT,
            Capability.KVM_CAP_X86_USER_SPACE_MSR,
            Capability.KVM_CAP_X86_BUS_LOCK_EXIT,
            Capability.KVM_CAP_X86_NOTIFY_VMEXIT,
            Capability.KVM_CAP_X86_APIC_BUS_CYCLES_NS,
            Capability.KVM_CAP_EXIT_HYPERCALL,
            Capability.KVM_CAP_EXIT_ON_EMULATION_FAILURE,
            Capability.KVM_CAP_PMU_CAPABILITY,
            Capability.KVM_CAP_MAX_VCPU_ID);

    /** Adds what a VM remembers to its state, and names what would not be restored. */
    static void save(VmSettings settings, StateImage.Builder state, Arena arena) {
        SAVED.save(settings.capabilities(), state, arena);
        settings.irqRouting().ifPresent(table -> state.add(IRQ_ROUTING, table.segment()));
        settings.msrFilter().ifPresent(filter -> state.add(MSR_FILTER, MemorySegment.ofArray(filter.toBytes())));
    }

    /**
     * Looks at the parts of a state.
     *
     * @throws StateFormatException if one makes no sense, or names a capability that a state cannot turn on
     */
    static X86VmSetup of(StateImage image) {
        return new X86VmSetup(
                SAVED.of(image),
                image.parts().containsKey(IRQ_ROUTING)
                        ? image.counted(IRQ_ROUTING, KvmIrqRouting.LAYOUT, KvmIrqRoutingEntry.LAYOUT, KvmIrqRouting::of)
                        : null,
                msrFilter(image));
    }

    private static @Nullable MsrFilter msrFilter(StateImage image) {
        MemorySegment bytes = image.parts().get(MSR_FILTER);
        if (bytes == null) {
            return null;
        }
        try {
            return MsrFilter.ofBytes(Arena.ofAuto(), bytes.toArray(ValueLayout.JAVA_BYTE));
        } catch (IllegalArgumentException e) {
            throw new StateFormatException(
                    "%s makes no sense in the state of a VM: %s".formatted(MSR_FILTER, e.getMessage()));
        }
    }

    /** Turns on the capabilities, before there are vCPUs and after the interrupt controllers were created. */
    void enableCapabilities(Vm vm) {
        capabilities.forEach(enabled -> vm.enableCap(enabled.capability(), enabled.argumentArray()));
    }

    /** Sets what concerns interrupts and MSRs. */
    void setRoutesAndFilter(Vm vm) {
        if (irqRouting != null) {
            vm.routeInterrupts(irqRouting);
        }
        if (msrFilter != null) {
            vm.x86().filterMsrs(msrFilter);
        }
    }
}
