// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv.x86;

import io.kvm4j.uapi.FlagBit;
import io.kvm4j.uapi.HeldBy;
import javax.annotation.processing.Generated;

/**
 * How it ran.
 *
 * <p>Sets of them are {@link RunFlags}.
 *
 * <p>Held by {@code drv_run.io.port},
 * {@code drv_run.reset_flags} when exit_reason is DRV_EXIT_RESET.
 */
@HeldBy(
        fields = {
                "drv_run.io.port",
                "drv_run.reset_flags when exit_reason is DRV_EXIT_RESET"
        }
)
@Generated("io.kvm4j.processor.UapiProcessor")
public enum RunFlag implements FlagBit {
    /**
     * {@code DRV_RUN_SLOW}.
     */
    DRV_RUN_SLOW(0x1L);

    private final long mask;

    RunFlag(long mask) {
        this.mask = mask;
    }

    @Override
    public long mask() {
        return mask;
    }
}
