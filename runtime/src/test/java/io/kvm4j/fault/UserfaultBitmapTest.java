package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.proposals.UserfaultBitmap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserfaultBitmapTest {
    private static final int PAGES = 130;

    @Test
    void thePagesThatAreThereAreCleared() {
        UserfaultBitmap bitmap = new UserfaultBitmap((long) PAGES * HostMemory.PAGE);
        MemorySegment asKvmReadsIt = MemorySegment.ofAddress(bitmap.address()).reinterpret(3 * Long.BYTES);
        bitmap.clear(0, 1);
        bitmap.clear(65, 1);
        bitmap.clear(129, 1);
        for (int page = 0; page < PAGES; page++) {
            boolean there = page == 0 || page == 65 || page == 129;
            long word = asKvmReadsIt.get(ValueLayout.JAVA_LONG, page / Long.SIZE * (long) Long.BYTES);
            assertEquals(there ? 0 : 1, word >>> page % Long.SIZE & 1, "page " + page);
            assertEquals(!there, bitmap.isSet(page));
        }
    }

    /** A huge page is many of the pages that KVM looks at. */
    @ParameterizedTest
    @CsvSource({"0, 64", "0, 130", "3, 61", "3, 62", "60, 70", "64, 64", "129, 1", "5, 0"})
    void severalPagesAreClearedAtOnce(int first, int count) {
        UserfaultBitmap bitmap = new UserfaultBitmap((long) PAGES * HostMemory.PAGE);
        bitmap.clear(first, count);
        for (int page = 0; page < PAGES; page++) {
            assertEquals(page < first || page >= first + count, bitmap.isSet(page), "page " + page);
        }
    }
}
