// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv.x86;

import drv.DrvRun;
import io.kvm4j.uapi.FlagSet;
import io.kvm4j.uapi.FlagText;
import javax.annotation.processing.Generated;

/**
 * A set of {@link RunFlag}. Bits that have no name are kept.
 *
 * @param bits the flags, zero-extended
 */
@Generated("io.kvm4j.processor.UapiProcessor")
public record RunFlags(long bits) implements FlagSet<RunFlag> {
    /**
     * The set of some flags.
     */
    public static RunFlags of(RunFlag... flags) {
        return new RunFlags(FlagSet.union(flags));
    }

    /**
     * The set that a field holds.
     */
    public static RunFlags ofBits(long bits) {
        return new RunFlags(bits);
    }

    /**
     * The set with the flag.
     */
    public RunFlags with(RunFlag flag) {
        return new RunFlags(bits | flag.mask());
    }

    /**
     * The set without the flag.
     */
    public RunFlags without(RunFlag flag) {
        return new RunFlags(bits & ~flag.mask());
    }

    @Override
    public RunFlag[] known() {
        return RunFlag.values();
    }

    @Override
    public String toString() {
        return FlagText.of(bits, RunFlag.values());
    }

    /**
     * What {@code drv_run.io.port} holds.
     */
    public static RunFlags portOf(DrvRun.Io struct) {
        return RunFlags.ofBits(Integer.toUnsignedLong(struct.port()));
    }

    /**
     * Sets {@code drv_run.io.port}, which holds it.
     */
    public void portTo(DrvRun.Io struct) {
        struct.port(this.bitsWithin("drv_run.io.port", 2));
    }

    /**
     * What {@code drv_run.reset_flags} holds, when exit_reason is DRV_EXIT_RESET.
     */
    public static RunFlags resetFlagsOf(DrvRun struct) {
        return RunFlags.ofBits(struct.resetFlags());
    }

    /**
     * Sets {@code drv_run.reset_flags}, which holds it, when exit_reason is DRV_EXIT_RESET.
     */
    public void resetFlagsTo(DrvRun struct) {
        struct.resetFlags(this.bits());
    }
}
