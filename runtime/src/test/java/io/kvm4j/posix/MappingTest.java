package io.kvm4j.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MappingTest {
    private static final long SIZE = 77L * Mapping.PAGE_SIZE;

    @Test
    void memoryWithoutAnOwnerEndsWhenNobodyRefersToIt() throws Exception {
        long address = mapAndForget();
        for (int i = 0; i < 100 && isMapped(address); i++) {
            System.gc();
            Thread.sleep(50);
        }
        assertFalse(isMapped(address), "still mapped");
    }

    private static long mapAndForget() throws IOException {
        MemorySegment memory = Mapping.anonymousWhileUsed(SIZE);
        memory.set(ValueLayout.JAVA_BYTE, SIZE - 1, (byte) 1);
        System.gc();
        assertTrue(isMapped(memory.address()));
        assertEquals(1, memory.get(ValueLayout.JAVA_BYTE, SIZE - 1));
        return memory.address();
    }

    /** Neighbours may share a line. */
    private static boolean isMapped(long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .map(line -> line.split("[- ]", 3))
                .anyMatch(range -> Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                        && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0);
    }
}
