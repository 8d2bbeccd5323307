package io.kvm4j.fault;

import io.kvm4j.posix.PageCalls;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Content in memory of this process.
 *
 * @param memory the content
 * @param start the offset of its first byte
 */
record MemorySource(MemorySegment memory, long start) implements PageSource {
    MemorySource {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("content must lie in native memory");
        }
    }

    /** Where content lies; 0 if not all of it is here. */
    long address(long offset, long length) {
        long at = offset - start;
        boolean isHere =
                at >= 0 && at <= memory.byteSize() - length && memory.scope().isAlive();
        return isHere ? memory.address() + at : 0;
    }

    /**
     * Whether the kernel can still read content at an address that {@link #address} gave: not if it lies in a mapped file
     * that was cut off meanwhile, for one.
     */
    static boolean isReadable(long address, long length) {
        long start = address & -PageCalls.pageSize();
        return PageCalls.madvise(start, address + length - start, PageCalls.MADV_POPULATE_READ) == 0;
    }

    @Override
    public int read(long offset, ByteBuffer into) {
        long at = offset - start;
        if (at < 0 || at >= memory.byteSize()) {
            return -1;
        }
        int length = (int) Math.min(into.remaining(), memory.byteSize() - at);
        into.put(memory.asSlice(at, length).asByteBuffer());
        return length;
    }

    @Override
    public String describe() {
        return "%d bytes of memory at 0x%x".formatted(memory.byteSize(), memory.address());
    }
}
