package io.kvm4j.fault;

import io.kvm4j.pages.PageSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A source whose every page tells its number, and no page is zeros. */
final class Pattern implements PageSource {
    final AtomicInteger reads = new AtomicInteger();

    @Override
    public int read(long offset, ByteBuffer into) {
        reads.incrementAndGet();
        int length = into.remaining();
        for (long at = offset; into.hasRemaining(); at++) {
            into.put(byteAt(at));
        }
        return length;
    }

    static byte byteAt(long offset) {
        return (byte) (1 + (offset / HostMemory.PAGE * 31 + offset % HostMemory.PAGE / 64) % 255);
    }

    static byte[] page(int page) {
        byte[] content = new byte[HostMemory.PAGE];
        for (int i = 0; i < content.length; i++) {
            content[i] = byteAt((long) page * HostMemory.PAGE + i);
        }
        return content;
    }

    /** The first pages, in native memory. */
    static MemorySegment memory(int pages) {
        MemorySegment content = Arena.ofAuto().allocate((long) pages * HostMemory.PAGE, HostMemory.PAGE);
        new Pattern().read(0, content.asByteBuffer());
        return content;
    }
}
