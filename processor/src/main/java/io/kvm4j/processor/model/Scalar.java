package io.kvm4j.processor.model;

/**
 * A number in memory.
 *
 * @param size 1, 2, 4 or 8 bytes
 * @param signed whether narrow values are sign-extended
 * @param aligned whether it always lies at a multiple of its size
 */
public record Scalar(int size, boolean signed, boolean aligned) {
    /** Whether Java's {@code int} takes it, and not {@code long}. */
    public boolean isInt() {
        return size <= Integer.BYTES;
    }

    /** Whether the Java type is wider, so that a setter must check the range. */
    public boolean isNarrow() {
        return size < Integer.BYTES;
    }

    /** The name of the constant of {@code ValueLayout}, as part of a struct's layout. */
    public String layout() {
        return switch (size) {
            case Byte.BYTES -> "JAVA_BYTE";
            case Short.BYTES -> aligned ? "JAVA_SHORT" : "JAVA_SHORT_UNALIGNED";
            case Integer.BYTES -> aligned ? "JAVA_INT" : "JAVA_INT_UNALIGNED";
            default -> aligned ? "JAVA_LONG" : "JAVA_LONG_UNALIGNED";
        };
    }

    /**
     * The name of the constant of {@code ValueLayout} to load and store it by. Where a struct lies was checked when its view
     * was made; an access that may be unaligned is the same instruction, without another check each time.
     */
    public String access() {
        return size == Byte.BYTES || !aligned ? layout() : layout() + "_UNALIGNED";
    }

    /** The smallest value of a narrow scalar. */
    public long min() {
        return signed ? -(1L << (size * Byte.SIZE - 1)) : 0;
    }

    /** The largest value of a narrow scalar. */
    public long max() {
        return (1L << (size * Byte.SIZE - (signed ? 1 : 0))) - 1;
    }
}
