package io.kvm4j;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;

/**
 * Sends a signal to one thread again and again, as a profiler does. The signal has a handler, so that it interrupts system
 * calls, and the handler does nothing.
 */
public final class SignalStorm implements AutoCloseable {
    /** SIGWINCH: neither HotSpot nor the C library uses it, and it ends no process. */
    private static final int SIGNAL = 28;

    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SIGNAL_HANDLER = function("signal", FunctionDescriptor.of(POINTER, INT, POINTER));
    private static final MethodHandle PTHREAD_SELF = function("pthread_self", FunctionDescriptor.of(LONG));
    private static final MethodHandle PTHREAD_KILL = function("pthread_kill", FunctionDescriptor.of(INT, LONG, INT));

    private final Thread sender;
    private volatile long sent;
    private volatile boolean over;

    private SignalStorm(Duration interval) {
        long target = installHandler();
        this.sender = Thread.ofPlatform().daemon().name("signals").start(() -> send(target, interval));
    }

    /** Sends a signal to the calling thread, which must not end before this is closed, in each interval. */
    public static SignalStorm overCurrentThread(Duration interval) {
        return new SignalStorm(interval);
    }

    /** Makes a C function that changes nothing the handler, since Java cannot run inside a signal handler. */
    private static long installHandler() {
        try {
            MemorySegment handler = LINKER.defaultLookup().findOrThrow("abs");
            MemorySegment _ = (MemorySegment) SIGNAL_HANDLER.invokeExact(SIGNAL, handler);
            return (long) PTHREAD_SELF.invokeExact();
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread counts
    private void send(long target, Duration interval) {
        try {
            while (!over) {
                int failure = (int) PTHREAD_KILL.invokeExact(target, SIGNAL);
                if (failure != 0) {
                    throw new AssertionError("pthread_kill failed with errno " + failure);
                }
                sent++;
                Thread.sleep(interval);
            }
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /** Waits until a number of signals has been sent. */
    public void await(long signals) throws InterruptedException {
        while (sent < signals) {
            if (!sender.isAlive()) {
                throw new AssertionError("no signals are sent any more");
            }
            Thread.sleep(1);
        }
    }

    @Override
    public void close() {
        over = true;
        boolean interrupted = false;
        while (sender.isAlive()) {
            try {
                sender.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
    }
}
