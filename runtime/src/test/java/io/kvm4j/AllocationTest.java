package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmExit;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hot paths allocate nothing once C2 has compiled them. */
@RequiresKvm
@Timeout(120)
class AllocationTest {
    private static final int CALLS = 10_000;
    private static final int WINDOWS_IN_A_ROW = 10;
    private static final int WINDOWS_AT_MOST = 60;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Keeps results alive. */
    private long sum;

    @Test
    void exitLoop() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            assertAllocationFree(() -> exits(guest.vcpu));
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
            guest.vcpu.start(cpu -> assertAllocationFree(() -> exits(cpu))).join();
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
            assertAllocationFree(() -> interruptions(guest.vcpu));
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
            assertAllocationFree(() -> checkExtension(guest));
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
            assertAllocationFree(() -> registers(guest.vcpu));
        }
    }

    private void registers(Vcpu vcpu) {
        for (int i = 0; i < CALLS; i++) {
            vcpu.x86().setRegs(r -> r.rax(r.rax() + 1));
            sum += vcpu.x86().regs().rax() + vcpu.x86().sregs().cs().selector();
        }
    }

    @Test
    void memory() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT)) {
            assertAllocationFree(() -> memory(guest));
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
            assertAllocationFree(() -> acrossSlots(guest.vm.memory(), bytes));
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
            DirtyBitmap dirty = page.dirtyBitmap();
            assertAllocationFree(() -> dirtyPages(dirty));
        }
    }

    private void dirtyPages(DirtyBitmap dirty) {
        for (int i = 0; i < CALLS; i++) {
            dirty.read();
            dirty.clear();
            sum += dirty.count() + dirty.nextDirty(0);
        }
    }

    private void assertAllocationFree(Runnable calls) {
        StringBuilder seen = new StringBuilder();
        int clean = 0;
        for (int window = 0; window < WINDOWS_AT_MOST && clean < WINDOWS_IN_A_ROW; window++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            calls.run();
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            clean = bytes == 0 ? clean + 1 : 0;
            seen.append(' ').append(bytes);
        }
        assertTrue(
                clean == WINDOWS_IN_A_ROW,
                () -> "bytes allocated by each " + CALLS + " calls:" + seen + ", sum " + sum);
    }
}
