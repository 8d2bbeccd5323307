package io.kvm4j.dirty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.MemorySlot;
import io.kvm4j.RequiresKvm;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.SortedSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What guests write is what is found dirty, by bitmap and by rings alike. */
@RequiresKvm
@Timeout(300)
class DirtyPagesTest {
    private static final int ROUNDS = 10;
    private static final int RING_ENTRIES = 1024;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private UserModeGuest guest;

    /** One of the ways to learn what was written since the last time; what is copied afterwards cannot be missed. */
    private interface Way {
        DirtyPages take();

        /** What a vCPU does about an exit. */
        default void handle(KvmExit exit) {
            throw new UnhandledExitException(exit);
        }
    }

    @BeforeEach
    void open() {
        guest = new UserModeGuest();
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private static Way byBitmap(MemorySlot slot) {
        DirtyBitmap bitmap = DirtyBitmap.of(slot);
        return () -> {
            bitmap.read();
            return bitmap;
        };
    }

    /** Clears by the smallest ranges that there are. */
    private Way byBitmapClearedByHand(MemorySlot slot) {
        DirtyBitmap bitmap = DirtyBitmap.of(slot);
        return () -> {
            bitmap.read();
            for (long first = 0; first < bitmap.pages(); first += Long.SIZE) {
                bitmap.clear(first, Long.SIZE);
            }
            return bitmap;
        };
    }

    private void protectByHand() {
        assumeTrue(
                guest.vm.checkExtension(Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) != 0,
                "this kernel lacks KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2");
        guest.vm.enableCap(
                Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, KvmConstants.KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE);
    }

    private DirtyRings rings() {
        assumeTrue(
                guest.vm.checkExtension(Capability.KVM_CAP_DIRTY_LOG_RING) != 0,
                "this kernel lacks KVM_CAP_DIRTY_LOG_RING");
        return DirtyRings.enable(guest.vm, RING_ENTRIES);
    }

    private static Way byRings(DirtyRings rings, MemorySlot slot) {
        return new Way() {
            @Override
            public DirtyPages take() {
                return rings.take(slot);
            }

            @Override
            public void handle(KvmExit exit) {
                if (!(exit instanceof KvmExit.DirtyRingFull)) {
                    throw new UnhandledExitException(exit);
                }
                rings.harvest();
            }
        };
    }

    private void exactly(Way way) {
        Vcpu vcpu = WritingGuest.writer(guest);
        for (int round = 0; round < ROUNDS; round++) {
            SortedSet<Long> pages = WritingGuest.randomPages(random, 1 + random.nextInt(300));
            WritingGuest.write(guest, vcpu, pages);
            DirtyPages dirty = way.take();
            assertEquals(pages, WritingGuest.listed(dirty), () -> "seed " + seed);
            assertEquals(pages.size(), dirty.count());
        }
        assertEquals(0, way.take().count());
    }

    @Test
    void theBitmapHasExactlyWhatWasWritten() {
        exactly(byBitmap(WritingGuest.addPages(guest)));
    }

    @Test
    void theBitmapClearedByHandHasExactlyWhatWasWritten() {
        protectByHand();
        exactly(byBitmapClearedByHand(WritingGuest.addPages(guest)));
    }

    @Test
    void theRingsHaveExactlyWhatWasWritten() {
        DirtyRings rings = rings();
        exactly(byRings(rings, WritingGuest.addPages(guest)));
    }

    /**
     * Copies what is dirty again and again while two vCPUs write, and once more when they stand: a page that was missed once
     * differs, for what is written grows.
     */
    private void nothingIsLost(MemorySlot slot, Way way) throws InterruptedException {
        Vcpu[] vcpus = {WritingGuest.randomWriter(guest, 0), WritingGuest.randomWriter(guest, 1)};
        for (Vcpu vcpu : vcpus) {
            vcpu.start(cpu -> write(cpu, way));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(slot.size(), 8);
            int rounds = 0;
            for (long copied = 0;
                    rounds < ROUNDS || copied < 4L * WritingGuest.PAGES || !endsAreWritten(slot);
                    rounds++) {
                copied += copy(slot, way.take(), copy);
            }
            guest.vm.threads().pauseAndWait();
            copy(slot, way.take(), copy);
            assertEquals(0, way.take().count());
            assertEquals(-1, slot.segment().mismatch(copy));
        }
        guest.vm.threads().stop();
        guest.vm.threads().join();
    }

    /** Tells whether the guest has written the first and the last page: it chooses pages at random, and may miss one for long. */
    private static boolean endsAreWritten(MemorySlot slot) {
        return slot.readLong(0) != 0 && slot.readLong((WritingGuest.PAGES - 1L) * WritingGuest.PAGE) != 0;
    }

    private static void write(VcpuThread cpu, Way way) {
        while (cpu.run()) {
            way.handle(cpu.exit());
        }
    }

    private static long copy(MemorySlot slot, DirtyPages dirty, MemorySegment to) {
        long copied = 0;
        for (long page = dirty.nextDirty(0); page >= 0; page = dirty.nextDirty(page + 1)) {
            long at = page * WritingGuest.PAGE;
            MemorySegment.copy(slot.segment(), at, to, at, WritingGuest.PAGE);
            copied++;
        }
        return copied;
    }

    @Test
    void theBitmapLosesNothingWhileVcpusRun() throws InterruptedException {
        MemorySlot slot = WritingGuest.addPages(guest);
        nothingIsLost(slot, byBitmap(slot));
    }

    @Test
    void theBitmapClearedByHandLosesNothingWhileVcpusRun() throws InterruptedException {
        protectByHand();
        MemorySlot slot = WritingGuest.addPages(guest);
        nothingIsLost(slot, byBitmapClearedByHand(slot));
    }

    @Test
    void theRingsLoseNothingWhileVcpusRun() throws InterruptedException {
        DirtyRings rings = rings();
        MemorySlot slot = WritingGuest.addPages(guest);
        nothingIsLost(slot, byRings(rings, slot));
    }
}
