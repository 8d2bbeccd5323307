// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv.x86;

import io.kvm4j.uapi.BoundHeaders;
import javax.annotation.processing.Generated;

/**
 * The macros and enumerators of {@code asm/drv.h}, {@code linux/drv.h} that have an integer value.
 */
@BoundHeaders(
        set = "test-driver",
        architectures = {"x86_64"},
        headers = {"asm/drv.h"},
        neutral = false
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvX86Constants {
    /**
     * {@code DRV_GET_REGS}, unsigned long in C.
     */
    public static final long DRV_GET_REGS = 0x8010d003L;

    /**
     * {@code DRV_MAGIC_REG}, int in C.
     */
    public static final int DRV_MAGIC_REG = 77;

    /**
     * {@code DRV_RUN_SLOW}, int in C.
     */
    public static final int DRV_RUN_SLOW = 1;

    private DrvX86Constants() {
    }
}
