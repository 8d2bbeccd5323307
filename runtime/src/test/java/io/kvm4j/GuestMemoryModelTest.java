package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.posix.Mapping;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Random slots and accesses, also hostile ones, against a model that is an array of pages. */
@Timeout(600)
class GuestMemoryModelTest {
    private static final int PAGES = 24;
    private static final int PAGE = Mapping.PAGE_SIZE;
    private static final long END = (long) PAGES * Mapping.PAGE_SIZE;
    private static final long[] HOSTILE = {
        -1, -8, -PAGE, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 7, Long.MAX_VALUE - PAGE, 1L << 62, END
    };

    private Random random = new Random();
    private Vm vm;

    /** What each page of the guest should hold; null where it has none. */
    private final byte[][] model = new byte[PAGES][];

    private final List<MemorySlot> slots = new ArrayList<>();

    @RequiresKvm
    @Test
    void behavesAsTheModelDoes() {
        runs(2, 200);
    }

    @SlowKvm
    @Test
    void behavesAsTheModelDoesForLong() {
        runs(200, 2_000);
    }

    private void runs(int schedules, int operations) {
        for (int i = 0; i < schedules; i++) {
            long seed = Long.getLong("kvm4j.seed", System.nanoTime());
            try {
                schedule(seed, operations);
            } catch (Throwable t) {
                throw new AssertionError("with -Dkvm4j.seed=" + seed, t);
            }
        }
    }

    private void schedule(long seed, int operations) {
        random = new Random(seed);
        Arrays.fill(model, null);
        slots.clear();
        try (Kvm kvm = Kvm.open();
                Vm opened = kvm.createVm()) {
            vm = opened;
            for (int i = 0; i < operations; i++) {
                operation();
            }
            assertSameAsModel();
        }
    }

    private void operation() {
        switch (random.nextInt(20)) {
            case 0, 1 -> add();
            case 2 -> remove();
            case 3 -> move();
            case 4, 5, 6 -> number(gpa());
            case 7, 8, 9 -> bytes(gpa(), random.nextInt(3 * PAGE));
            case 10, 11 -> segment(gpa(), random.nextInt(3 * PAGE));
            case 12 -> fill(gpa(), random.nextInt(2 * PAGE));
            case 13, 14 -> addresses(gpa());
            case 15 -> number(HOSTILE[random.nextInt(HOSTILE.length)]);
            case 16 -> bytes(HOSTILE[random.nextInt(HOSTILE.length)], random.nextInt(1, PAGE));
            case 17 -> hostileSizes(gpa());
            default -> number(random.nextInt(1, PAGES) * PAGE - random.nextInt(1, 9));
        }
    }

    private long gpa() {
        return random.nextInt(PAGES * PAGE);
    }

    private void add() {
        int first = random.nextInt(PAGES);
        int count = random.nextInt(1, 5);
        MemoryBacking backing = random.nextBoolean()
                ? MemoryBacking.anonymous((long) count * PAGE)
                : MemoryBacking.memfd((long) count * PAGE);
        if (first + count > PAGES) {
            return;
        }
        if (isTaken(first, count, -1, 0)) {
            assertThrows(IllegalArgumentException.class, () -> vm.addMemory((long) first * PAGE, backing));
            return;
        }
        slots.add(vm.addMemory((long) first * PAGE, backing));
        for (int page = first; page < first + count; page++) {
            model[page] = new byte[PAGE];
        }
    }

    /** Whether a page is, other than some that don't count. */
    private boolean isTaken(int first, int count, int except, int exceptCount) {
        for (int page = first; page < first + count; page++) {
            if (model[page] != null && (page < except || page >= except + exceptCount)) {
                return true;
            }
        }
        return false;
    }

    private void remove() {
        if (slots.isEmpty()) {
            return;
        }
        MemorySlot slot = slots.remove(random.nextInt(slots.size()));
        take(slot);
        slot.close();
        assertThrows(IllegalStateException.class, () -> slot.readByte(0));
    }

    private byte[][] take(MemorySlot slot) {
        int first = (int) (slot.gpa() / PAGE);
        byte[][] pages = new byte[(int) (slot.size() / PAGE)][];
        for (int i = 0; i < pages.length; i++) {
            pages[i] = model[first + i];
            model[first + i] = null;
        }
        return pages;
    }

    private void move() {
        if (slots.isEmpty()) {
            return;
        }
        MemorySlot slot = slots.get(random.nextInt(slots.size()));
        int count = (int) (slot.size() / PAGE);
        int to = random.nextInt(PAGES - count + 1);
        if (isTaken(to, count, (int) (slot.gpa() / PAGE), count)) {
            assertThrows(IllegalArgumentException.class, () -> slot.moveTo((long) to * PAGE));
            return;
        }
        byte[][] pages = take(slot);
        slot.moveTo((long) to * PAGE);
        System.arraycopy(pages, 0, model, to, count);
    }

    private boolean has(long gpa, long length) {
        if (gpa < 0 || length < 0 || gpa > END - length) {
            return false;
        }
        for (long at = gpa; at < gpa + length; at = (at / PAGE + 1) * PAGE) {
            if (model[(int) (at / PAGE)] == null) {
                return false;
            }
        }
        return true;
    }

    private void poke(long gpa, long value, int length) {
        for (int i = 0; i < length; i++) {
            model[(int) ((gpa + i) / PAGE)][(int) ((gpa + i) % PAGE)] = (byte) (value >>> (8 * i));
        }
    }

    private long peek(long gpa, int length) {
        long value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = (value << 8) | (model[(int) ((gpa + i) / PAGE)][(int) ((gpa + i) % PAGE)] & 0xff);
        }
        return value;
    }

    private void expect(boolean possible, Executable access) {
        if (possible) {
            try {
                access.execute();
            } catch (Throwable t) {
                throw new AssertionError(t);
            }
        } else {
            IndexOutOfBoundsException e = assertThrows(IndexOutOfBoundsException.class, access);
            assertTrue(!e.getMessage().contains("\n"));
        }
    }

    private void number(long gpa) {
        GuestMemory memory = vm.memory();
        int length = 1 << random.nextInt(4);
        long value = random.nextLong();
        boolean possible = has(gpa, length);
        expect(
                possible,
                switch (length) {
                    case 1 -> () -> memory.writeByte(gpa, (byte) value);
                    case 2 -> () -> memory.writeShort(gpa, (short) value);
                    case 4 -> () -> memory.writeInt(gpa, (int) value);
                    default -> () -> memory.writeLong(gpa, value);
                });
        if (possible) {
            poke(gpa, value, length);
        }
        expect(has(gpa, 8), () -> same(memory.readLong(gpa), gpa, 8));
        expect(has(gpa, 4), () -> same(memory.readInt(gpa), gpa, 4));
        expect(has(gpa, 2), () -> same(memory.readShort(gpa), gpa, 2));
        expect(has(gpa, 1), () -> same(memory.readByte(gpa), gpa, 1));
    }

    /** Compares the low bytes of what was read. */
    private void same(long read, long gpa, int length) {
        int unused = Long.SIZE - Byte.SIZE * length;
        assertEquals(peek(gpa, length) << unused, read << unused);
    }

    private void bytes(long gpa, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        boolean possible = length == 0 || has(gpa, length);
        expect(possible, () -> vm.memory().write(gpa, bytes));
        if (possible) {
            for (int i = 0; i < length; i++) {
                poke(gpa + i, bytes[i], 1);
            }
        }
        byte[] read = new byte[length];
        expect(possible, () -> vm.memory().read(gpa, read));
        assertArrayEquals(possible ? bytes : new byte[length], read);
    }

    private void segment(long gpa, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        boolean possible = length == 0 || has(gpa, length);
        expect(possible, () -> vm.memory().write(gpa, MemorySegment.ofArray(bytes)));
        if (possible) {
            for (int i = 0; i < length; i++) {
                poke(gpa + i, bytes[i], 1);
            }
        }
        byte[] read = new byte[length];
        expect(possible, () -> vm.memory().read(gpa, MemorySegment.ofArray(read)));
        assertArrayEquals(possible ? bytes : new byte[length], read);
    }

    private void fill(long gpa, int length) {
        byte value = (byte) random.nextInt();
        boolean possible = length == 0 || has(gpa, length);
        expect(possible, () -> vm.memory().fill(gpa, length, value));
        for (int i = 0; possible && i < length; i++) {
            poke(gpa + i, value, 1);
        }
    }

    private void addresses(long gpa) {
        expect(has(gpa, 1), () -> {
            long host = vm.memory().hostAddress(gpa);
            assertEquals(gpa, vm.memory().gpaOf(host));
            MemorySlot slot = vm.memory().slotAt(gpa);
            assertEquals(slot.segment().address() + gpa - slot.gpa(), host);
            long rest = slot.gpa() + slot.size() - gpa;
            assertEquals(host, vm.memory().segment(gpa, rest).address());
            expect(false, () -> vm.memory().segment(gpa, rest + 1));
        });
    }

    private void hostileSizes(long gpa) {
        GuestMemory memory = vm.memory();
        for (long size : HOSTILE) {
            expect(false, () -> memory.fill(gpa, size, (byte) 0xee));
            expect(false, () -> memory.segment(gpa, size));
            if (size != END) {
                assertThrows(IllegalArgumentException.class, () -> vm.addMemory(size, size), () -> "size " + size);
            }
        }
        expect(false, () -> memory.write(gpa, new byte[4], 2, 3));
        expect(false, () -> memory.write(gpa, new byte[4], -1, 1));
        expect(false, () -> memory.read(gpa, new byte[4], Integer.MAX_VALUE, 4));
        expect(false, () -> memory.gpaOf(gpa - Long.MIN_VALUE));
    }

    private void assertSameAsModel() {
        for (int page = 0; page < PAGES; page++) {
            long gpa = (long) page * PAGE;
            byte[] bytes = new byte[PAGE];
            if (model[page] != null) {
                vm.memory().read(gpa, bytes);
                assertArrayEquals(model[page], bytes);
            } else {
                assertThrows(IndexOutOfBoundsException.class, () -> vm.memory().readByte(gpa));
            }
        }
    }
}
