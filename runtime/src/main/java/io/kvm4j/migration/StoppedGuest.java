package io.kvm4j.migration;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a guest that stands still needs to go on elsewhere, but for the content of its memory.
 *
 * @param memory where it has memory
 * @param state that of its vCPUs and devices, in whatever form source and destination agree on
 */
public record StoppedGuest(List<MemoryRange> memory, ByteBuffer state) {
    /** Takes a copy of the list, and the rest of the buffer, which must not be changed any more. */
    public StoppedGuest {
        memory = List.copyOf(memory);
        state = state.slice().asReadOnlyBuffer();
    }

    /** A buffer of the caller's own, of the same bytes, which cannot be written. */
    @Override
    public ByteBuffer state() {
        return state.duplicate();
    }
}
