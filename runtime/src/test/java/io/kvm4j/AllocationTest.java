package io.kvm4j;

import io.kvm4j.dirty.DirtyBitmap;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.SyncReg;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hot paths allocate nothing once C2 has compiled them. */
@RequiresKvm
@Timeout(300)
class AllocationTest {
    private static final int CALLS = 10_000;

    /** Keeps results alive. */
    long sum;

    @Test
    void exitLoop() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            Allocations.assertNone(CALLS, () -> exits(guest.vcpu));
        }
    }

    private void exits(Vcpu vcpu) {
        for (int i = 0; i < CALLS; i++) {
            sum += switch (vcpu.run()) {
                case KvmExit.Io io when io.isOut() -> io.port() + io.size() + io.value(0);
                case KvmExit.Mmio mmio -> mmio.physAddr();
                case KvmExit other -> throw new UnhandledExitException(other);
            };
        }
    }

    @Test
    void exitLoopOfAThread() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            guest.vcpu
                    .start(cpu -> Allocations.assertNone(CALLS, () -> exits(cpu)))
                    .join();
        }
    }

    private void exits(VcpuThread cpu) {
        for (int i = 0; i < CALLS && cpu.run(); i++) {
            sum += switch (cpu.exit()) {
                case KvmExit.Io io when io.isOut() -> io.port() + io.size() + io.value(0);
                case KvmExit other -> throw new UnhandledExitException(other);
            };
        }
    }

    @Test
    void interruptedRuns() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            guest.vcpu.immediateExit(true);
            Allocations.assertNone(CALLS, () -> interruptions(guest.vcpu));
        }
    }

    private void interruptions(Vcpu vcpu) {
        for (int i = 0; i < CALLS; i++) {
            sum += vcpu.run() instanceof KvmExit.Intr ? 1 : 0;
        }
    }

    @Test
    void capabilities() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT)) {
            Allocations.assertNone(CALLS, () -> checkExtension(guest));
        }
    }

    private void checkExtension(RealModeGuest guest) {
        for (int i = 0; i < CALLS; i++) {
            sum += guest.kvm.checkExtension(Capability.KVM_CAP_USER_MEMORY);
            sum += guest.vm.checkExtension(Capability.KVM_CAP_NR_VCPUS);
        }
    }

    @Test
    void registers() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT)) {
            Allocations.assertNone(CALLS, () -> registers(guest.vcpu));
        }
    }

    private void registers(Vcpu vcpu) {
        for (int i = 0; i < CALLS; i++) {
            vcpu.x86().setRegs(r -> r.rax(r.rax() + 1));
            sum += vcpu.x86().regs().rax() + vcpu.x86().sregs().cs().selector();
        }
    }

    @Test
    void syncedRegisters() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            SyncedRegisters synced = SyncedRegisters.of(
                    guest.vcpu, SyncReg.KVM_SYNC_X86_REGS, SyncReg.KVM_SYNC_X86_SREGS, SyncReg.KVM_SYNC_X86_EVENTS);
            Allocations.assertNone(CALLS, () -> syncedRegisters(guest.vcpu, synced));
        }
    }

    private void syncedRegisters(Vcpu vcpu, SyncedRegisters synced) {
        for (int i = 0; i < CALLS; i++) {
            vcpu.run();
            sum += synced.sregs().cs().selector() + synced.events().nmi().pending();
            synced.regs().rax(synced.regs().rax() + 1);
            synced.changed(SyncReg.KVM_SYNC_X86_REGS);
        }
    }

    @Test
    void memory() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT)) {
            Allocations.assertNone(CALLS, () -> memory(guest));
        }
    }

    private void memory(RealModeGuest guest) {
        for (int i = 0; i < CALLS; i++) {
            guest.ram.writeLong(i, i);
            guest.vm.memory().writeShort(i, (short) i);
            sum += guest.vm.memory().readLong(i)
                    + guest.vm.memory().readInt(i)
                    + guest.vm.memory().readByte(i);
            sum += guest.vm.memory().gpaOf(guest.vm.memory().hostAddress(i));
        }
    }

    @Test
    void memoryAcrossSlots() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT);
                MemorySlot _ = guest.vm.addMemory(RealModeGuest.MEMORY_SIZE, 0x1000)) {
            byte[] bytes = new byte[64];
            Allocations.assertNone(CALLS, () -> acrossSlots(guest.vm.memory(), bytes));
        }
    }

    private void acrossSlots(GuestMemory memory, byte[] bytes) {
        long end = RealModeGuest.MEMORY_SIZE;
        for (int i = 0; i < CALLS; i++) {
            memory.writeLong(end - 3, i);
            memory.write(end - 32, bytes);
            memory.read(end - 32, bytes);
            sum += memory.readLong(end - 3) + memory.readShort(end - 1) + bytes[0];
        }
    }

    @Test
    void dirtyPages() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT);
                MemorySlot page = guest.vm.addMemory(RealModeGuest.MEMORY_SIZE, 0x1000)) {
            page.logDirtyPages(true);
            DirtyBitmap dirty = DirtyBitmap.of(page);
            Allocations.assertNone(CALLS, () -> dirtyPages(dirty));
        }
    }

    private void dirtyPages(DirtyBitmap dirty) {
        for (int i = 0; i < CALLS; i++) {
            dirty.read();
            dirty.clear();
            sum += dirty.count() + dirty.nextDirty(0);
        }
    }
}
