package io.kvm4j.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.kvm4j.Kvm;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vm;
import io.kvm4j.uapi.ErrnoException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Mutated states are refused with the documented exception, or are states: never another exception, an endless loop, or
 * memory out of proportion. {@code -Dkvm4j.mutations=1000000} runs as many, {@code -Dkvm4j.seed} repeats a run.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MutatedStatesTest {
    private static final int MUTATIONS = Integer.getInteger("kvm4j.mutations", 20_000);
    private static final int RESTORED = Integer.getInteger("kvm4j.mutations.restored", 100);
    private static final long FIXED_BYTES = 300_000;
    private static final long BYTES_FOR_EACH = 64;
    private static final int LONGEST_MESSAGE = 1000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void eachIsRefusedOrParsed() {
        long seed = Long.getLong("kvm4j.seed", System.nanoTime());
        StateMutator mutator = new StateMutator(new Random(seed));
        int parsed = 0;
        long start = System.nanoTime();
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] input = mutator.next();
            try {
                parsed += isParsed(input) ? 1 : 0;
            } catch (Throwable t) {
                throw new AssertionError("-Dkvm4j.seed=%d, mutation %d".formatted(seed, i), t);
            }
        }
        System.out.printf(
                "%d mutated states, seed %d: %d are states, %d are refused, %d s%n",
                MUTATIONS, seed, parsed, MUTATIONS - parsed, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
        assertTrue(parsed > MUTATIONS / 100 && parsed < MUTATIONS, parsed + " were states, seed " + seed);
    }

    private static boolean isParsed(byte[] input) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            VmSnapshot snapshot = VmSnapshot.parse(input);
            assertEquals(snapshot, VmSnapshot.parse(snapshot.toBytes()));
            assertTrue(partBytes(snapshot) <= input.length, "parts of more bytes than the input has");
            return true;
        } catch (StateFormatException e) {
            String message = String.valueOf(e.getMessage());
            assertTrue(
                    message.length() < LONGEST_MESSAGE && message.chars().allMatch(c -> c >= ' ' && c <= '~'), message);
            return false;
        } finally {
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(
                    allocated < FIXED_BYTES + BYTES_FOR_EACH * input.length,
                    () -> allocated + " bytes for " + input.length);
        }
    }

    private static long partBytes(VmSnapshot snapshot) {
        long bytes = 0;
        for (String part : snapshot.machine().parts()) {
            bytes += snapshot.machine().part(part).byteSize();
        }
        for (VcpuState vcpu : snapshot.vcpus()) {
            for (String part : vcpu.parts()) {
                bytes += vcpu.part(part).byteSize();
            }
        }
        return bytes;
    }

    /** KVM takes what is a state, refuses it with an errno, or lacks what it asks for. */
    @Test
    @RequiresKvm
    void eachThatIsParsedIsRestoredOrRefusedByKvm() {
        long seed = Long.getLong("kvm4j.seed", System.nanoTime());
        StateMutator mutator = new StateMutator(new Random(seed));
        int restored = 0;
        try (Kvm kvm = Kvm.open()) {
            for (int tried = 0; tried < RESTORED; tried++) {
                VmSnapshot snapshot = nextState(mutator);
                try {
                    restored += isRestored(kvm, snapshot) ? 1 : 0;
                } catch (Throwable t) {
                    throw new AssertionError("-Dkvm4j.seed=%d, state %d".formatted(seed, tried), t);
                }
            }
        }
        System.out.printf("%d mutated states in KVM, seed %d: %d restored%n", RESTORED, seed, restored);
    }

    private static VmSnapshot nextState(StateMutator mutator) {
        while (true) {
            try {
                return VmSnapshot.parse(mutator.next());
            } catch (StateFormatException e) {
                // The next one may be a state.
            }
        }
    }

    private static boolean isRestored(Kvm kvm, VmSnapshot snapshot) {
        try (Vm vm = kvm.createVm()) {
            vm.addMemory(0, 1 << 20);
            snapshot.restore(vm, GuestClock.CATCH_UP, _ -> {});
            return true;
        } catch (ErrnoException | StateRestoreException e) {
            return false;
        }
    }
}
