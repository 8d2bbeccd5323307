package io.kvm4j.state;

import io.kvm4j.EnabledCapability;
import io.kvm4j.Vm;
import io.kvm4j.VmSettings;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmIrqRouting;
import io.kvm4j.uapi.KvmIrqRoutingEntry;
import io.kvm4j.uapi.x86_64.MsrFilter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    static final String CAPABILITIES = "kvm_enable_cap";
    static final String IRQ_ROUTING = "kvm_irq_routing";
    static final String MSR_FILTER = "kvm_msr_filter";
    static final Set<String> PARTS = Set.of(CAPABILITIES, IRQ_ROUTING, MSR_FILTER);

    /** What a guest can notice, and takes numbers only: others name descriptors and addresses, or are the host's matter. */
    private static final Set<Integer> A_GUESTS = Stream.of(
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
                    Capability.KVM_CAP_MAX_VCPU_ID)
            .map(Capability::number)
            .collect(Collectors.toUnmodifiableSet());

    /** Adds what a VM remembers to its state, and names what would not be restored. */
    static void save(VmSettings settings, StateImage.Builder state, Arena arena) {
        List<EnabledCapability> saved = new ArrayList<>();
        for (EnabledCapability enabled : settings.capabilities()) {
            if (A_GUESTS.contains(enabled.capability().number())) {
                saved.add(enabled);
            } else {
                state.omit(
                        enabled.capability().name(),
                        "it depends on the host: turn it on in the restored VM, if wanted");
            }
        }
        if (!saved.isEmpty()) {
            state.add(CAPABILITIES, toStructs(saved, arena));
        }
        settings.irqRouting().ifPresent(table -> state.add(IRQ_ROUTING, table.segment()));
        settings.msrFilter().ifPresent(filter -> state.add(MSR_FILTER, MemorySegment.ofArray(filter.toBytes())));
    }

    private static MemorySegment toStructs(List<EnabledCapability> capabilities, Arena arena) {
        MemorySegment structs = arena.allocate(KvmEnableCap.LAYOUT, capabilities.size());
        for (int i = 0; i < capabilities.size(); i++) {
            EnabledCapability enabled = capabilities.get(i);
            KvmEnableCap struct = KvmEnableCap.within(structs, i * KvmEnableCap.LAYOUT.byteSize());
            struct.cap(enabled.capability().number());
            for (int argument = 0; argument < enabled.arguments().size(); argument++) {
                struct.args(argument, enabled.arguments().get(argument));
            }
        }
        return structs;
    }

    /**
     * Looks at the parts of a state.
     *
     * @throws StateFormatException if one makes no sense, or names a capability that a state cannot turn on
     */
    static X86VmSetup of(StateImage image) {
        return new X86VmSetup(
                capabilities(image),
                image.parts().containsKey(IRQ_ROUTING)
                        ? image.counted(IRQ_ROUTING, KvmIrqRouting.LAYOUT, KvmIrqRoutingEntry.LAYOUT, KvmIrqRouting::of)
                        : null,
                msrFilter(image));
    }

    private static List<EnabledCapability> capabilities(StateImage image) {
        MemorySegment structs = image.parts().get(CAPABILITIES);
        if (structs == null) {
            return List.of();
        }
        long size = KvmEnableCap.LAYOUT.byteSize();
        if (structs.byteSize() % size != 0 || structs.byteSize() / size > A_GUESTS.size()) {
            throw new StateFormatException("%s has %d bytes in the state of a VM, which are not up to %d of %d bytes"
                    .formatted(CAPABILITIES, structs.byteSize(), A_GUESTS.size(), size));
        }
        List<EnabledCapability> capabilities = new ArrayList<>();
        for (long at = 0; at < structs.byteSize(); at += size) {
            KvmEnableCap struct = KvmEnableCap.within(structs, at);
            if (!A_GUESTS.contains(struct.cap()) || struct.flags() != 0) {
                throw new StateFormatException(
                        "the state of a VM turns on %s, which a state cannot".formatted(struct.capValue()));
            }
            capabilities.add(new EnabledCapability(
                    struct.capValue(), List.of(struct.args(0), struct.args(1), struct.args(2), struct.args(3))));
        }
        return capabilities;
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
        for (EnabledCapability enabled : capabilities) {
            vm.enableCap(
                    enabled.capability(),
                    enabled.arguments().stream().mapToLong(Long::longValue).toArray());
        }
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
