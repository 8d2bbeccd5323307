package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Capability;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Slots that come and go while the guest runs and others read. */
@Timeout(600)
class GuestMemoryRaceTest {
    private static final long GPA = UserModeGuest.FREE;
    private static final int SIZE = 0x4000;

    @RequiresKvm
    @Test
    void readersMeetMemoryOrNone() throws Exception {
        race(10);
    }

    @SlowKvm
    @Test
    void readersMeetMemoryOrNoneForLong() throws Exception {
        race(500);
    }

    private static void race(int rounds) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicLong reads = new AtomicLong();
        try (UserModeGuest guest = new UserModeGuest()) {
            VcpuThread vcpu = guest.vcpu(0, UserModeGuest.COUNT).start(cpu -> {
                while (cpu.run()) {
                    throw new UnhandledExitException(cpu.exit());
                }
            });
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(Thread.ofPlatform().daemon().start(() -> read(guest.vm, over, reads, failure)));
            }
            change(guest.vm, rounds);
            over.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
            if (failure.get() != null) {
                throw new AssertionError(failure.get());
            }
            assertTrue(reads.get() > 0);
            vcpu.close();
            guest.vm.threads().join();
        }
    }

    private static void change(Vm vm, int rounds) throws InterruptedException {
        for (int i = 0; i < rounds; i++) {
            MemorySlot low = vm.addMemory(GPA, SIZE);
            MemorySlot high = vm.addMemory(GPA + SIZE, MemoryBacking.memfd(SIZE));
            Thread.sleep(0, 200_000);
            high.moveTo(GPA + 2 * SIZE);
            low.close();
            high.moveTo(GPA);
            high.close();
        }
    }

    /** Reads from two slots that adjoin, now and then. The memory is zero, whoever holds it. */
    private static void read(Vm vm, AtomicBoolean over, AtomicLong reads, AtomicReference<Throwable> failure) {
        byte[] bytes = new byte[2 * SIZE];
        while (!over.get()) {
            try {
                vm.memory().read(GPA, bytes);
                assertEquals(0, bytes[SIZE]);
                assertEquals(0, vm.memory().readLong(GPA + SIZE - 4));
                vm.memory().writeInt(GPA, 0);
                MemorySegment view = vm.memory().segment(GPA, SIZE);
                sum(view);
                reads.incrementAndGet();
            } catch (IndexOutOfBoundsException none) {
                reads.incrementAndGet();
            } catch (Throwable t) {
                failure.set(t);
                return;
            }
        }
    }

    /** A view may end while it is read, and says so. */
    private static long sum(MemorySegment view) {
        try {
            long sum = 0;
            for (long i = 0; i < view.byteSize(); i += Long.BYTES) {
                sum += view.get(ValueLayout.JAVA_LONG, i);
            }
            return sum;
        } catch (IllegalStateException ended) {
            return -1;
        }
    }

    @SlowKvm
    @Test
    void asManySlotsAsKvmAllowsAndNoMore() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Mapping page = Mapping.anonymous(Mapping.PAGE_SIZE)) {
            int most = vm.checkExtension(Capability.KVM_CAP_NR_MEMSLOTS);
            MemoryBacking backing = MemoryBacking.of(page.segment());
            for (long i = 0; i < most; i++) {
                vm.addMemory(i * 2 * Mapping.PAGE_SIZE, backing);
            }
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> vm.addMemory(1L << 34, backing));
            assertEquals(
                    "the VM has " + most
                            + " memory slots, and KVM allows no more (KVM_CAP_NR_MEMSLOTS): close one first",
                    e.getMessage());
            vm.memory().slotAt(4L * Mapping.PAGE_SIZE).close();
            assertEquals(2, vm.addMemory(1L << 34, backing).number());
            vm.memory().writeLong(0, 5);
            assertEquals(5, vm.memory().readLong(1L << 34));
            assertEquals(0, vm.memory().gpaOf(page.segment().address()));
        }
    }
}
