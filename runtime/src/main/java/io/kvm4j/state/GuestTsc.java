package io.kvm4j.state;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The time stamp counters of a VM's vCPUs, read and set as of one instant, however long it takes: a counter is the host's,
 * scaled, plus the vCPU's offset, so that counters of one frequency differ by their offsets. Documentation: section 4.1 of
 * the kernel's Documentation/virt/kvm/devices/vcpu.rst (KVM_VCPU_TSC_OFFSET).
 *
 * <p>Where a vCPU has no such attribute, all are read and set right after each other.
 */
final class GuestTsc {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final List<? extends Counter> counters;

    /** A vCPU's time stamp counter. */
    interface Counter {
        /** Whether {@link #offset} can be read and set, and a host's counter that does not stop goes with it. */
        boolean hasOffset();

        /** How many it counts in a millisecond; 0 if that is unknown. */
        int khz();

        /** The guest's counter now: IA32_TSC. */
        long read();

        /** Sets the guest's counter to a value from now on. */
        void write(long value);

        /** How far the guest's counter is ahead of the host's, scaled: KVM_VCPU_TSC_OFFSET. */
        long offset();

        /** Sets how far the guest's counter is ahead of the host's. */
        void offset(long offset);
    }

    GuestTsc(List<? extends Counter> counters) {
        this.counters = counters;
    }

    /** Whether the counters keep their distances exactly. */
    boolean isExact() {
        return counters.stream().allMatch(Counter::hasOffset);
    }

    /** Returns all counters as of one instant. */
    long[] read() {
        long[] values = new long[counters.size()];
        Map<Integer, Long> host = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            Counter counter = counters.get(i);
            values[i] = isExact() ? hostCounter(host, counter) + counter.offset() : counter.read();
        }
        return values;
    }

    /**
     * Makes all counters continue from values of one instant.
     *
     * @param elapsedNanos how much later than that instant the guest is to go on
     * @return whether the counters have taken them: a KVM that does not virtualize the counter ignores it
     */
    boolean write(long[] values, long elapsedNanos) {
        boolean exact = isExact();
        boolean taken = true;
        Map<Integer, Long> host = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            Counter counter = counters.get(i);
            long value = values[i] + elapsed(counter, elapsedNanos);
            if (exact) {
                long offset = value - hostCounter(host, counter);
                counter.offset(offset);
                taken &= counter.offset() == offset;
            } else {
                counter.write(value);
            }
        }
        return taken;
    }

    /** The host's counter as vCPUs of that frequency see it, at the instant when this was first asked for any of them. */
    private static long hostCounter(Map<Integer, Long> host, Counter counter) {
        return host.computeIfAbsent(counter.khz(), _ -> counter.read() - counter.offset());
    }

    private static long elapsed(Counter counter, long nanos) {
        return nanos / NANOS_PER_MILLI * counter.khz() + nanos % NANOS_PER_MILLI * counter.khz() / NANOS_PER_MILLI;
    }
}
