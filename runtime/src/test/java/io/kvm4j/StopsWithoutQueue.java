package io.kvm4j;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A program that may queue no signal at all, and pauses, kicks and stops vCPUs whose guests never exit. Says so if it
 * succeeds.
 */
final class StopsWithoutQueue {
    private static final int RLIMIT_SIGPENDING = 11;
    private static final int VCPUS = 3;

    private StopsWithoutQueue() {}

    public static void main(String[] args) throws Throwable {
        allowNoQueuedSignals();
        try (UserModeGuest guest = new UserModeGuest()) {
            for (int i = 0; i < VCPUS; i++) {
                guest.vcpu(i, UserModeGuest.COUNT).start(StopsWithoutQueue::countUntilStopped);
            }
            awaitProgress(guest);
            guest.vm.threads().pauseAndWait();
            guest.vm.threads().resume();
            awaitProgress(guest);
            guest.vm.threads().stop();
            guest.vm.threads().join();
        }
        System.out.println("stopped");
    }

    private static void allowNoQueuedSignals() throws Throwable {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment none = arena.allocate(ValueLayout.JAVA_LONG, 2);
            int result = (int) linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("setrlimit"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
                    .invokeExact(RLIMIT_SIGPENDING, none);
            if (result != 0) {
                throw new AssertionError("setrlimit failed");
            }
        }
    }

    private static void countUntilStopped(VcpuThread cpu) {
        while (cpu.run()) {
            throw new UnhandledExitException(cpu.exit());
        }
    }

    private static void awaitProgress(UserModeGuest guest) throws InterruptedException {
        for (int i = 0; i < VCPUS; i++) {
            long address = 0x20000 + i * 0x100L;
            long before = guest.ram.readLong(address);
            while (guest.ram.readLong(address) == before) {
                Thread.sleep(1);
            }
        }
    }
}
