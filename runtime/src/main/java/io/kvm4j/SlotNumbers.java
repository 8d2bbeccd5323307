package io.kvm4j;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The slot numbers of a VM that are taken: by its memory, by slots that a caller set through the VM's ioctls, or by a
 * caller's reservation. The VM's lock is held for all of it.
 */
final class SlotNumbers {
    private final Map<Integer, MemorySlot> owners = new HashMap<>();
    private final BitSet raw = new BitSet();
    private final BitSet reserved = new BitSet();
    private final BitSet taken = new BitSet();
    private int count;

    /** No number below this is free. */
    private int lowest;

    /** How many are taken. */
    int count() {
        return count;
    }

    /** The lowest number that is free. */
    int free() {
        lowest = taken.nextClearBit(lowest);
        return lowest;
    }

    void take(int number, MemorySlot owner) {
        owners.put(number, owner);
        update(number);
    }

    void release(int number) {
        owners.remove(number);
        update(number);
    }

    /** The memory that has a number, or null. */
    @Nullable
    MemorySlot owner(int number) {
        return owners.get(number);
    }

    /** Takes note that a caller has set or deleted a slot by itself. */
    void setRaw(int number, boolean exists) {
        raw.set(number, exists);
        update(number);
    }

    int reserve() {
        int number = free();
        reserved.set(number);
        update(number);
        return number;
    }

    boolean isReserved(int number) {
        return number >= 0 && reserved.get(number);
    }

    void unreserve(int number) {
        reserved.clear(number);
        update(number);
    }

    private void update(int number) {
        boolean isTaken = owners.containsKey(number) || raw.get(number) || reserved.get(number);
        if (isTaken != taken.get(number)) {
            taken.set(number, isTaken);
            count += isTaken ? 1 : -1;
        }
        if (!isTaken) {
            lowest = Math.min(lowest, number);
        }
    }
}
