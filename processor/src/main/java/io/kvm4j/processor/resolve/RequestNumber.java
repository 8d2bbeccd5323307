package io.kvm4j.processor.resolve;

import io.kvm4j.processor.spec.Flow;

/**
 * What an ioctl's number says of its argument: {@code asm-generic/ioctl.h}, whose layout x86_64, aarch64, riscv64, s390x
 * and loongarch64 use.
 *
 * @param value the number
 */
record RequestNumber(long value) {
    private static final int SIZE_SHIFT = 16;
    private static final int SIZE_MASK = 0x3fff;
    private static final int DIRECTION_SHIFT = 30;

    /** The size of the argument in bytes, of its fixed part if it has a flexible array; 0 if the number says nothing. */
    int size() {
        return (int) (value >>> SIZE_SHIFT) & SIZE_MASK;
    }

    /** The direction, as seen from the kernel. */
    Flow direction() {
        return switch ((int) (value >>> DIRECTION_SHIFT) & 3) {
            case 0 -> Flow.NONE;
            case 1 -> Flow.IN;
            case 2 -> Flow.OUT;
            default -> Flow.IN_OUT;
        };
    }
}
