// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.FlagBit;
import io.kvm4j.uapi.HeldBy;
import javax.annotation.processing.Generated;

/**
 * What a region is.
 *
 * <p>Sets of them are {@link RegionFlags}.
 *
 * <p>Held by {@code drv_region.flags}.
 */
@HeldBy(
        fields = "drv_region.flags"
)
@Generated("io.kvm4j.processor.UapiProcessor")
public enum RegionFlag implements FlagBit {
    /**
     * {@code DRV_REGION_DIRTY}.
     */
    DRV_REGION_DIRTY(0x1L),

    /**
     * {@code DRV_REGION_READONLY}.
     */
    DRV_REGION_READONLY(0x2L);

    private final long mask;

    RegionFlag(long mask) {
        this.mask = mask;
    }

    @Override
    public long mask() {
        return mask;
    }
}
