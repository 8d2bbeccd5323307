package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresKvm
class GuestMemoryTest {
    private static final int SIZE = 0x2000;

    private Kvm kvm;
    private Vm vm;
    private MemorySlot low;
    private MemorySlot next;
    private MemorySlot high;

    @BeforeEach
    void open() {
        kvm = Kvm.open();
        vm = kvm.createVm();
        high = vm.addMemory(0x100000, SIZE);
        low = vm.addMemory(0x4000, SIZE);
        next = vm.addMemory(0x6000, SIZE);
    }

    @AfterEach
    void close() {
        vm.close();
        kvm.close();
    }

    @Test
    void aSlotCountsFromItsStartAndAllMemoryByAddress() {
        high.writeLong(8, 0x1122334455667788L);
        assertEquals(0x1122334455667788L, vm.memory().readLong(0x100008));
        assertEquals(0x55667788, vm.memory().readInt(0x100008));
        assertEquals((byte) 0x88, high.readByte(8));
        vm.memory().writeInt(0x100008, 0x01020304);
        assertEquals(0x1122334401020304L, high.readLong(8));
        vm.memory().writeByte(0x100008, (byte) 0xff);
        assertEquals(0x010203ff, high.readInt(8));
    }

    @Test
    void slotsAreListedByAddressAndNumberedAsTheyCame() {
        assertEquals(List.of(low, next, high), vm.memory().slots());
        assertEquals(
                List.of(1, 2, 0),
                vm.memory().slots().stream().map(MemorySlot::number).toList());
    }

    @Test
    void anAccessSpansSlotsThatAdjoin() {
        vm.memory().writeLong(0x5ffd, 0x1122334455667788L);
        assertEquals(0x1122334455667788L, vm.memory().readLong(0x5ffd));
        assertEquals(0x44, next.readByte(1));
        vm.memory().writeInt(0x5ffe, 0x0a0b0c0d);
        assertEquals(0x0a0b0c0d, vm.memory().readInt(0x5ffe));
        byte[] bytes = {1, 2, 3, 4, 5, 6};
        vm.memory().write(0x5ffd, bytes);
        byte[] read = new byte[6];
        vm.memory().read(0x5ffd, read);
        assertArrayEquals(bytes, read);
        assertEquals(4, next.readByte(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -8, SIZE, SIZE - 7, Long.MAX_VALUE, Long.MAX_VALUE - 7, Long.MIN_VALUE})
    void outsideASlot(long offset) {
        IndexOutOfBoundsException e = assertThrows(IndexOutOfBoundsException.class, () -> low.readLong(offset));
        assertTrue(e.getMessage().endsWith(" are not within slot 1 [0x4000, 0x6000)"), e.getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> low.writeLong(offset, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> low.read(offset, new byte[8]));
        assertThrows(IndexOutOfBoundsException.class, () -> low.write(offset, new byte[8]));
    }

    @Test
    void theLastBytesOfASlotAreInside() {
        low.writeLong(SIZE - 8, 1);
        low.writeInt(SIZE - 4, 2);
        low.writeByte(SIZE - 1, (byte) 3);
        assertEquals(0x0300000200000001L, low.readLong(SIZE - 8));
        IndexOutOfBoundsException e = assertThrows(IndexOutOfBoundsException.class, () -> low.readInt(SIZE - 3));
        assertEquals("4 bytes at offset 0x1ffd are not within slot 1 [0x4000, 0x6000)", e.getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> low.write(0, new byte[SIZE + 1]));
        low.write(0, new byte[SIZE]);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 0x3ffc, 0x7ffc, 0xffffc, 0x101ffc, -1, -8, Long.MAX_VALUE, Long.MAX_VALUE - 7, Long.MIN_VALUE})
    void whereTheGuestHasNoMemory(long gpa) {
        assertThrows(IndexOutOfBoundsException.class, () -> vm.memory().readLong(gpa));
        assertThrows(IndexOutOfBoundsException.class, () -> vm.memory().writeLong(gpa, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> vm.memory().read(gpa, new byte[8]));
        assertThrows(IndexOutOfBoundsException.class, () -> vm.memory().write(gpa, new byte[8]));
    }

    @Test
    void aWriteThatDoesNotFitWritesNothing() {
        assertThrows(IndexOutOfBoundsException.class, () -> vm.memory().write(0x7ffe, new byte[] {1, 2, 3, 4}));
        assertThrows(IndexOutOfBoundsException.class, () -> vm.memory().writeInt(0x7ffe, -1));
        assertEquals(0, next.readInt(0x1ffc));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0x1000",
        "-4096, 0x1000",
        "0, 0",
        "0, -4096",
        "0, 1",
        "0x7ffffffffffff000, 0x1000",
        "0x1000, 0x7ffffffffffff000"
    })
    void rangesThatNoGuestCanHave(long gpa, long size) {
        assertThrows(IllegalArgumentException.class, () -> vm.addMemory(gpa, size));
    }

    @Test
    void slotsMustNotOverlap() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> vm.addMemory(0x5000, 0x2000));
        assertEquals("memory at [0x5000, 0x7000) overlaps slot 1 [0x4000, 0x6000)", e.getMessage());
        vm.addMemory(0x3000, 0x1000);
    }

    @Test
    void memoryThatTheHostCannotMap() {
        RuntimeException e = assertThrows(RuntimeException.class, () -> vm.addMemory(1L << 32, 1L << 52));
        assertTrue(e.getMessage().startsWith("mmap("), e.getMessage());
        assertTrue(e.getMessage().contains("ENOMEM"), e.getMessage());
    }

    @Test
    void aClosedSlotMakesRoom() {
        low.close();
        low.close();
        assertThrows(IllegalStateException.class, () -> low.readByte(0));
        assertThrows(IndexOutOfBoundsException.class, () -> vm.memory().readByte(0x4000));
        MemorySlot again = vm.addMemory(0x4000, SIZE / 2);
        assertEquals(1, again.number());
        assertEquals(0, again.readLong(0));
    }
}
