package io.kvm4j.fault;

import java.util.Arrays;

/** Faults that were read and not yet dealt with, first in first out. For one thread at a time; allocates only to grow. */
final class FaultQueue {
    private static final int FIELDS = 3;

    private long[] ring = new long[FIELDS * 256];
    private int head;
    private int size;

    /**
     * Adds a fault, unless one like it is waiting: what is done about that one does for both. Returns whether it was added.
     */
    boolean add(long address, long flags, long since) {
        if (has(address, flags)) {
            return false;
        }
        if (size * FIELDS == ring.length) {
            grow();
        }
        int at = (head + size * FIELDS) % ring.length;
        ring[at] = address;
        ring[at + 1] = flags;
        ring[at + 2] = since;
        size++;
        return true;
    }

    private boolean has(long address, long flags) {
        for (int i = 0; i < size; i++) {
            int at = (head + i * FIELDS) % ring.length;
            if (ring[at] == address && ring[at + 1] == flags) {
                return true;
            }
        }
        return false;
    }

    private void grow() {
        long[] larger = Arrays.copyOf(Arrays.copyOfRange(ring, head, ring.length), ring.length * 2);
        System.arraycopy(ring, 0, larger, ring.length - head, head);
        ring = larger;
        head = 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Where the oldest faulted. */
    long address() {
        return ring[head];
    }

    /** {@code UFFD_PAGEFAULT_FLAG_*} of the oldest. */
    long flags() {
        return ring[head + 1];
    }

    /** When the oldest was read, by {@link System#nanoTime}. */
    long since() {
        return ring[head + 2];
    }

    void remove() {
        head = (head + FIELDS) % ring.length;
        size--;
    }
}
