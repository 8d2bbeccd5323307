package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class UserfaultBitmapTest {
    private static final int PAGES = 130;

    @Test
    void thePagesThatAreThereAreCleared() {
        UserfaultBitmap bitmap = new UserfaultBitmap((long) PAGES * HostMemory.PAGE);
        MemorySegment asKvmReadsIt = MemorySegment.ofAddress(bitmap.address()).reinterpret(3 * Long.BYTES);
        bitmap.clear(0);
        bitmap.clear(65);
        bitmap.clear(129);
        for (int page = 0; page < PAGES; page++) {
            boolean there = page == 0 || page == 65 || page == 129;
            long word = asKvmReadsIt.get(ValueLayout.JAVA_LONG, page / Long.SIZE * (long) Long.BYTES);
            assertEquals(there ? 0 : 1, word >>> page % Long.SIZE & 1, "page " + page);
            assertEquals(!there, bitmap.isSet(page));
        }
    }
}
