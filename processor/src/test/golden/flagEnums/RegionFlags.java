// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.FlagSet;
import io.kvm4j.uapi.FlagText;
import javax.annotation.processing.Generated;

/**
 * A set of {@link RegionFlag}. Bits that have no name are kept.
 *
 * @param bits the flags, zero-extended
 */
@Generated("io.kvm4j.processor.UapiProcessor")
public record RegionFlags(long bits) implements FlagSet<RegionFlag> {
    /**
     * The set of some flags.
     */
    public static RegionFlags of(RegionFlag... flags) {
        return new RegionFlags(FlagSet.union(flags));
    }

    /**
     * The set that a field holds.
     */
    public static RegionFlags ofBits(int bits) {
        return new RegionFlags(Integer.toUnsignedLong(bits));
    }

    /**
     * The set with the flag.
     */
    public RegionFlags with(RegionFlag flag) {
        return new RegionFlags(bits | flag.mask());
    }

    /**
     * The set without the flag.
     */
    public RegionFlags without(RegionFlag flag) {
        return new RegionFlags(bits & ~flag.mask());
    }

    @Override
    public RegionFlag[] known() {
        return RegionFlag.values();
    }

    @Override
    public String toString() {
        return FlagText.of(bits, RegionFlag.values());
    }
}
