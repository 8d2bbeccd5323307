package io.kvm4j.injection;

import io.kvm4j.uapi.Errno;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@link InstrumentedClasses} call: it counts the calls, and lets one of them fail. */
public final class Faults {
    /** What a call does instead of its work. */
    public enum Kind {
        EINVAL(Errno.EINVAL),
        ENOMEM(Errno.ENOMEM),
        EMFILE(24),
        EINTR(Errno.EINTR),
        OUT_OF_MEMORY(0),
        INTERNAL(0),
        STACK_OVERFLOW(0);

        private final int errno;

        Kind(int errno) {
            this.errno = errno;
        }

        private void throwError(String call) {
            switch (this) {
                case INTERNAL -> throw new InternalError("injected into " + call);
                case STACK_OVERFLOW -> throw new StackOverflowError("injected into " + call);
                default -> throw new OutOfMemoryError("injected into " + call);
            }
        }
    }

    /**
     * What is to fail.
     *
     * @param first the number of the first call that fails, from 1 on
     * @param count how many calls in a row fail
     */
    public record Plan(int first, int count, Kind kind) {}

    private static final Plan NONE = new Plan(0, 0, Kind.EINVAL);
    private static final AtomicInteger CALLS = new AtomicInteger();
    private static final Map<Long, Long> MAPPINGS = new ConcurrentHashMap<>();
    private static volatile Plan plan = NONE;
    private static volatile String injectedInto = "";

    private Faults() {}

    /** Counts from 1 again, and fails what the plan says. */
    static void arm(Plan next) {
        injectedInto = "";
        CALLS.set(0);
        plan = next;
    }

    /** Counts from 1 again, and fails nothing. */
    static void disarm() {
        arm(NONE);
    }

    static int calls() {
        return CALLS.get();
    }

    /** The call that failed last and who made it, or nothing if none did. */
    static String injectedInto() {
        return injectedInto;
    }

    /** What was mapped and not unmapped: sizes by address. */
    static Map<Long, Long> mappings() {
        return Map.copyOf(MAPPINGS);
    }

    private static boolean isDue(String call, boolean hasErrno) {
        Plan now = plan;
        int number = CALLS.incrementAndGet();
        boolean due =
                number >= now.first() && number < now.first() + now.count() && (hasErrno || now.kind().errno == 0);
        if (due) {
            List<String> callers = StackWalker.getInstance()
                    .walk(frames -> frames.skip(2)
                            .map(f -> f.getClassName().replaceFirst(".*\\.", "") + "." + f.getMethodName())
                            .limit(9)
                            .toList());
            injectedInto = "%s, call %d, %s: %s".formatted(call, number, now.kind(), callers);
        }
        return due;
    }

    /** Before a native call: returns 0, or the errno with which it is to fail. */
    public static int nativeCall(String call) {
        if (!isDue(call, true)) {
            return 0;
        }
        Kind kind = plan.kind();
        if (kind.errno == 0) {
            kind.throwError(call);
        }
        return kind.errno;
    }

    /** Before an allocation or the start of a thread. */
    public static void allocation(String call) {
        if (isDue(call, false)) {
            plan.kind().throwError(call);
        }
    }

    /** Before a call of the JDK's that may throw an IOException. */
    public static void io(String call) throws IOException {
        if (isDue(call, true)) {
            Kind kind = plan.kind();
            if (kind.errno == 0) {
                kind.throwError(call);
            }
            throw new IOException("injected into " + call + ": " + kind);
        }
    }

    /** After a mapping was made, or -errno returned. */
    public static void mapped(long address, long size) {
        if (address >= 0) {
            MAPPINGS.put(address, size);
        }
    }

    /** Before a mapping is removed. */
    public static void unmapped(long address) {
        MAPPINGS.remove(address);
    }
}
