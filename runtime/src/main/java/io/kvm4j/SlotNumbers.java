package io.kvm4j;

import java.util.BitSet;

/** The slot numbers of a VM that are in use. The VM's lock is held for all of it. */
final class SlotNumbers {
    private final BitSet used = new BitSet();

    /** No number below this is free. */
    private int lowest;

    /** The lowest number that is free. */
    int free() {
        lowest = used.nextClearBit(lowest);
        return lowest;
    }

    void take(int number) {
        used.set(number);
    }

    void release(int number) {
        used.clear(number);
        lowest = Math.min(lowest, number);
    }
}
