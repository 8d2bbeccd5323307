package io.kvm4j.pages;

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

    @Override
    public long address(long offset, long length) {
        long at = offset - start;
        boolean isHere =
                at >= 0 && at <= memory.byteSize() - length && memory.scope().isAlive();
        return isHere ? memory.address() + at : 0;
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
