package io.kvm4j.headers.extraction;

import io.kvm4j.snapshot.RecordKind;
import java.util.Optional;

/**
 * Places the bit-fields of one aggregate by the rules of the System V ABIs: a bit-field follows the bit before it, but
 * not across a boundary of its type, unless the aggregate is packed; one of width 0 moves on to such a boundary.
 */
final class BitFieldPlacement {
    /** Whether the architecture counts the bits of a storage unit from its most significant one. */
    static final String BIG_ENDIAN = "__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__";

    private final RecordKind kind;
    private final long aggregateSize;
    private final boolean packed;
    private final boolean bigEndian;
    private long position;

    BitFieldPlacement(RecordKind kind, long aggregateSize, boolean packed, boolean bigEndian) {
        this.kind = kind;
        this.aggregateSize = aggregateSize;
        this.packed = packed;
        this.bigEndian = bigEndian;
    }

    /**
     * An integer that holds a bit-field.
     *
     * @param offset bytes from the start of the aggregate
     * @param size bytes: those of the declared type, fewer only where that would reach past the aggregate's end
     * @param shift the lowest bit
     */
    record Unit(long offset, long size, int shift) {}

    /** The first bit after all members so far. */
    long position() {
        return position;
    }

    /** Goes on after a member that is no bit-field. */
    void skipTo(long offset) {
        position = kind == RecordKind.UNION ? 0 : offset * Byte.SIZE;
    }

    /**
     * Places the next bit-field.
     *
     * @param size the size of the declared type, in bytes
     * @param alignment the alignment of the declared type, in bytes
     * @return the integer that holds it; empty if none at a byte offset inside of the aggregate holds all bits
     */
    Optional<Unit> place(long size, long alignment, int width) {
        long unitBits = size * Byte.SIZE;
        long alignmentBits = alignment * Byte.SIZE;
        boolean crosses = position % alignmentBits + width > unitBits;
        if (width == 0 || (crosses && !packed)) {
            position = roundUp(position, alignmentBits);
        }
        long start = position;
        position = kind == RecordKind.UNION ? 0 : start + width;
        return unit(start, size, width);
    }

    private Optional<Unit> unit(long start, long size, int width) {
        for (long unitSize = size; unitSize >= 1; unitSize /= 2) {
            long aligned = start / (unitSize * Byte.SIZE) * unitSize;
            for (long offset : new long[] {aligned, start / Byte.SIZE}) {
                long shift = start - offset * Byte.SIZE;
                if (offset + unitSize <= aggregateSize && shift + width <= unitSize * Byte.SIZE) {
                    long fromLowest = bigEndian ? unitSize * Byte.SIZE - shift - width : shift;
                    return Optional.of(new Unit(offset, unitSize, (int) fromLowest));
                }
            }
        }
        return Optional.empty();
    }

    /** The next multiple of a step, or the value itself if it is one. */
    static long roundUp(long value, long step) {
        return Math.ceilDiv(value, step) * step;
    }
}
