package io.kvm4j.examples;

import static io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants.KVM_CAP_X86_MEMORY_FAULT_EXIT;
import static io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants.KVM_MEMFAULT_REASON_ABSENT_MAPPING;
import static io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants.KVM_MEM_ABSENT_MAPPING_FAULT;

import io.kvm4j.FaultVariant;
import io.kvm4j.Kvm;
import io.kvm4j.KvmUnavailableException;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that arrives when the guest touches it, served by the run loop itself: the protocol of the proposal of
 * KVM_CAP_MEMORY_FAULT_NOWAIT in its plainest form. KVM_RUN comes back with a memory fault; the loop writes the page, which
 * makes the host map it; KVM_RUN goes on. Only kernels that are patched with the proposal do so.
 */
public final class MemoryFaultLoop {
    private static final int PAGE = 4096;
    private static final int CODE = 0x1000;
    private static final int FIRST = 0x8000;
    private static final int PAGES = 8;
    private static final int PORT = 0x10;

    private static final byte[] GUEST = MachineCode.of("""
            be 00 80                ; mov si, 0x8000        ; the first page
                                    ; next:
            8a 04                   ; mov al, [si]          ; nothing is there yet: a memory fault
            e6 10                   ; out 0x10, al          ; tells what it found
            81 c6 00 10             ; add si, 0x1000
            73 f6                   ; jnc next              ; until 64 KiB
            f4                      ; hlt
            """);

    private MemoryFaultLoop() {}

    /** Runs the guest on {@code /dev/kvm}. */
    public static void main(String[] args) {
        try (Kvm kvm = Kvm.open()) {
            run(kvm, System.out);
        }
    }

    /**
     * Runs the guest and writes what happens to {@code out}.
     *
     * @throws KvmUnavailableException if this kernel does not have the proposal
     */
    public static ExitCounts run(Kvm kvm, PrintStream out) {
        if (!kvm.supports(FaultVariant.MEMORY_FAULT_NOWAIT_V2)) {
            throw KvmUnavailableException.lacks(
                    "KVM_CAP_MEMORY_FAULT_NOWAIT, which was proposed and never merged",
                    "run it on the emulated host that has it (./kvm4j testbed run nowait -- memory-fault-loop)");
        }
        ExitCounts counts = new ExitCounts();
        try (Vm vm = kvm.createVm(0, FaultVariant.MEMORY_FAULT_NOWAIT_V2);
                MemorySlot code = vm.addMemory(0, FIRST);
                MemorySlot pages = vm.addMemory(FIRST, PAGES * PAGE);
                Vcpu vcpu = vm.createVcpu(0)) {
            reportFaults(vm, pages);
            code.write(CODE, GUEST);
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));

            while (true) {
                switch (counts.count(vcpu.run())) {
                    case KvmExit.MemoryFault fault -> {
                        out.printf("no page at 0x%x%n", fault.gpa());
                        provide(pages, fault.gpa());
                    }
                    case KvmExit.Io io
                    when io.isOut() && io.port() == PORT -> out.printf("the guest read %d%n", io.value(0));
                    case KvmExit.Hlt _ -> {
                        return counts;
                    }
                    case KvmExit other -> throw new UnhandledExitException(other);
                }
            }
        }
    }

    /** Turns reports on: for the VM by the reason, for the slot by its flag. */
    private static void reportFaults(Vm vm, MemorySlot slot) {
        vm.enableCap(Capability.of(KVM_CAP_X86_MEMORY_FAULT_EXIT), KVM_MEMFAULT_REASON_ABSENT_MAPPING);
        try (Arena call = Arena.ofConfined()) {
            vm.ioctls()
                    .setUserMemoryRegion(KvmUserspaceMemoryRegion.allocate(call)
                            .slot(slot.number())
                            .flags((int) KVM_MEM_ABSENT_MAPPING_FAULT)
                            .guestPhysAddr(slot.gpa())
                            .memorySize(slot.size())
                            .userspaceAddr(slot.segment().address()));
        }
    }

    /** Writes a page, which its number fills. Nobody else runs this guest, so nobody sees half of it. */
    private static void provide(MemorySlot slot, long gpa) {
        long number = gpa / PAGE;
        MemorySegment page = slot.segment().asSlice(number * PAGE - slot.gpa(), PAGE);
        page.fill((byte) number);
    }
}
