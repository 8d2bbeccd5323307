package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Capability;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a change of one slot costs does not grow with the number of slots, but for its logarithm. */
@RequiresKvm
class ManySlotsTest {
    /** An address that every host's processor has. */
    private static final long HIGH = 1L << 34;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long STEP = 2L * Mapping.PAGE_SIZE;

    /** Few, so that the test is short; the tables of old allocated 40 KB a change with these. */
    private static final int MANY = 1_500;

    private static final int FEW = 50;

    private Kvm kvm;
    private Vm vm;
    private Mapping page;
    private MemoryBacking backing;

    @BeforeEach
    void open() {
        kvm = Kvm.open();
        vm = kvm.createVm();
        page = Mapping.anonymous(Mapping.PAGE_SIZE);
        backing = MemoryBacking.of(page.segment());
        assumeTrue(vm.checkExtension(Capability.KVM_CAP_NR_MEMSLOTS) > MANY, "this KVM has too few slots");
        for (int i = 0; i < FEW; i++) {
            vm.addMemory(i * STEP, backing);
        }
    }

    @AfterEach
    void close() {
        vm.close();
        page.close();
        kvm.close();
    }

    @Test
    void addingMovingAndClosingASlotAllocateHardlyMoreAmongMany() {
        cost();
        long few = cost();
        for (int i = FEW; i < MANY; i++) {
            vm.addMemory(i * STEP, backing);
        }
        long many = cost();
        assertTrue(many < 3 * few, () -> "bytes: " + few + " among " + FEW + ", " + many + " among " + MANY);
    }

    /** The bytes that one addition, one move and one removal allocate: the median, since compilers add some now and then. */
    private long cost() {
        long[] bytes = new long[9];
        for (int i = 0; i < bytes.length; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            MemorySlot slot = vm.addMemory(HIGH, backing);
            slot.moveTo(2 * HIGH);
            slot.close();
            bytes[i] = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        Arrays.sort(bytes);
        return bytes[bytes.length / 2];
    }

    @Test
    void aNumberThatIsFreeIsGivenAgainTheLowestFirst() {
        List<MemorySlot> slots = vm.memory().slots();
        slots.get(30).close();
        slots.get(7).close();
        assertEquals(7, vm.addMemory(HIGH, backing).number());
        assertEquals(30, vm.addMemory(2 * HIGH, backing).number());
        assertEquals(FEW, vm.addMemory(3 * HIGH, backing).number());
    }

    @Test
    void memoryThatTheGuestHasManyTimesIsFoundAtItsLowestAddress() {
        long host = page.segment().address();
        assertEquals(5, vm.memory().gpaOf(host + 5));
        vm.memory().slotAt(0).close();
        assertEquals(STEP, vm.memory().gpaOf(host));
        vm.memory().slotAt(STEP).moveTo(HIGH);
        assertEquals(2 * STEP, vm.memory().gpaOf(host));
    }
}
