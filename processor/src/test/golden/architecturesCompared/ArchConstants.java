// Generated from the headers of board-1 for x86_64 (digest f45fe4dea79f8ce7).
// Edit the spec, not this file.
package brd.x86_64;

import io.kvm4j.uapi.BoundHeaders;
import javax.annotation.processing.Generated;

/**
 * The macros and enumerators of {@code asm/board.h}, {@code linux/board.h} that have an integer value.
 */
@BoundHeaders(
        set = "board-1",
        architectures = {"x86_64"},
        headers = {"asm/board.h"},
        neutral = false
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class ArchConstants {
    /**
     * {@code BRD_ASM}, int in C.
     */
    public static final int BRD_ASM = 9;

    /**
     * {@code BRD_CAP_SOME}, int in C.
     */
    public static final int BRD_CAP_SOME = 2;

    /**
     * {@code BRD_DIFFERENT}, int in C.
     */
    public static final int BRD_DIFFERENT = 4;

    /**
     * {@code BRD_GET_REGS}, unsigned long in C.
     */
    public static final long BRD_GET_REGS = 0x8010b001L;

    private ArchConstants() {
    }
}
