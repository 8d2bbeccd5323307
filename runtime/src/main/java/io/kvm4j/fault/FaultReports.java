package io.kvm4j.fault;

import static io.kvm4j.uapi.proposals.exit_on_missing_v7.ExitOnMissingV7Constants.KVM_MEM_EXIT_ON_MISSING;
import static io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants.KVM_CAP_X86_MEMORY_FAULT_EXIT;
import static io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants.KVM_MEMFAULT_REASON_ABSENT_MAPPING;
import static io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants.KVM_MEM_ABSENT_MAPPING_FAULT;
import static io.kvm4j.uapi.proposals.userfault_v3.UserfaultV3Constants.KVM_MEM_USERFAULT;

import io.kvm4j.FaultVariant;
import io.kvm4j.MemorySlot;
import io.kvm4j.Vm;
import io.kvm4j.posix.Architecture;
import io.kvm4j.proposals.UserfaultBitmap;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import io.kvm4j.uapi.proposals.userfault_v3.KvmUserspaceMemoryRegion2;
import io.kvm4j.uapi.proposals.userfault_v3.UserfaultVmIoctls;
import java.lang.foreign.Arena;

/**
 * Tells KVM to report faults of a VM's memory slots by a variant's exits, and no longer to. A slot keeps its other flags;
 * who changes those later turns the reports off, and a userfaultfd serves the slot.
 */
final class FaultReports {
    private final Vm vm;
    private final FaultVariant variant;

    FaultReports(Vm vm, FaultVariant variant) {
        this.vm = vm;
        this.variant = variant;
    }

    /** Turns reports on, for the VM and for one of its slots. */
    void arm(MemorySlot slot, RegionPages pages) {
        switch (variant) {
            case MEMORY_FAULT_NOWAIT_V2 -> {
                if (Architecture.current() == Architecture.X86_64) {
                    vm.enableCap(Capability.of(KVM_CAP_X86_MEMORY_FAULT_EXIT), KVM_MEMFAULT_REASON_ABSENT_MAPPING);
                }
                region(slot, slot.flags().bits() | KVM_MEM_ABSENT_MAPPING_FAULT);
            }
            case EXIT_ON_MISSING_V7 -> region(slot, slot.flags().bits() | KVM_MEM_EXIT_ON_MISSING);
            case USERFAULT_V3 -> {
                UserfaultBitmap bitmap = new UserfaultBitmap(slot.size());
                pages.bitmap = bitmap;
                userfaultRegion(slot, slot.flags().bits() | KVM_MEM_USERFAULT, bitmap.address());
            }
            case MAINLINE -> throw new IllegalArgumentException("mainline has no exits for absent pages");
        }
    }

    /** Turns reports off. */
    void disarm(MemorySlot slot) {
        if (variant == FaultVariant.USERFAULT_V3) {
            userfaultRegion(slot, slot.flags().bits(), 0);
        } else {
            region(slot, slot.flags().bits());
        }
    }

    private void region(MemorySlot slot, long flags) {
        try (Arena call = Arena.ofConfined()) {
            vm.ioctls()
                    .setUserMemoryRegion(KvmUserspaceMemoryRegion.allocate(call)
                            .slot(slot.number())
                            .flags((int) flags)
                            .guestPhysAddr(slot.gpa())
                            .memorySize(slot.size())
                            .userspaceAddr(slot.segment().address()));
        }
    }

    private void userfaultRegion(MemorySlot slot, long flags, long bitmap) {
        try (Arena call = Arena.ofConfined()) {
            UserfaultVmIoctls.of(vm.fd())
                    .setUserMemoryRegion2(KvmUserspaceMemoryRegion2.allocate(call)
                            .slot(slot.number())
                            .flags((int) flags)
                            .guestPhysAddr(slot.gpa())
                            .memorySize(slot.size())
                            .userspaceAddr(slot.segment().address())
                            .userfaultBitmap(bitmap));
        }
    }
}
