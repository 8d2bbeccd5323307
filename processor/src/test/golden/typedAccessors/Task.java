// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.FlagBit;
import io.kvm4j.uapi.HeldBy;
import javax.annotation.processing.Generated;

/**
 * What is to be done.
 *
 * <p>Sets of them are {@link Tasks}.
 *
 * <p>Held by {@code drv_region.addr},
 * {@code drv_regs.pc} when sp is 0.
 */
@HeldBy(
        fields = {
                "drv_region.addr",
                "drv_regs.pc when sp is 0"
        }
)
@Generated("io.kvm4j.processor.UapiProcessor")
public enum Task implements FlagBit {
    /**
     * {@code DRV_BIT_FIRST}.
     */
    DRV_BIT_FIRST(0x1L),

    /**
     * {@code DRV_BIT_LAST}.
     */
    DRV_BIT_LAST(0x8000000000000000L);

    private final long mask;

    Task(long mask) {
        this.mask = mask;
    }

    @Override
    public long mask() {
        return mask;
    }
}
