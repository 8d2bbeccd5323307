// Generated from the headers of board-1 for aarch64, riscv64, x86_64 (digest b3ffc8da0622ef3a).
// Edit the spec, not this file.
package brd;

import io.kvm4j.uapi.BoundHeaders;
import io.kvm4j.uapi.ExcusedIoctls;
import javax.annotation.processing.Generated;

/**
 * The macros and enumerators of {@code linux/board.h} that have an integer value.
 */
@BoundHeaders(
        set = "board-1",
        architectures = {
                        "aarch64",
                        "riscv64",
                        "x86_64"},
        headers = {"linux/board.h"},
        neutral = true
)
@ExcusedIoctls(
        value = {
                        "BRD_SET_EQUAL",
                        "BRD_RESET"},
        reason = "test",
        architectures = {
                        "aarch64",
                        "riscv64",
                        "x86_64"}
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class BrdConstants {
    /**
     * {@code BRD_CAP_ALL}, int in C.
     */
    public static final int BRD_CAP_ALL = 1;

    /**
     * {@code BRD_EXIT_DEBUG}, int in C.
     */
    public static final int BRD_EXIT_DEBUG = 1;

    /**
     * {@code BRD_EXIT_HW}, int in C.
     */
    public static final int BRD_EXIT_HW = 0;

    /**
     * {@code BRD_RESET}, int in C.
     */
    public static final int BRD_RESET = 0xb004;

    /**
     * {@code BRD_SAME}, int in C.
     */
    public static final int BRD_SAME = 5;

    /**
     * {@code BRD_SET_EQUAL}, unsigned long in C.
     */
    public static final long BRD_SET_EQUAL = 0x4008b002L;

    private BrdConstants() {
    }
}
