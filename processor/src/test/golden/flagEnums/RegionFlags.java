// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769). Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.FlagText;
import javax.annotation.processing.Generated;

/**
 * A set of {@link RegionFlag}, as {@code drv_region.flags} holds it. Bits that have no name are kept.
 *
 * @param bits the flags, zero-extended
 */
@Generated("io.kvm4j.processor.UapiProcessor")
public record RegionFlags(long bits) {
    /**
     * The set of some flags.
     */
    public static RegionFlags of(RegionFlag... flags) {
        long bits = 0;
        for (RegionFlag flag : flags) {
            bits |= flag.mask();
        }
        return new RegionFlags(bits);
    }

    /**
     * Whether the flag is in the set.
     */
    public boolean contains(RegionFlag flag) {
        return (bits & flag.mask()) == flag.mask();
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

    /**
     * The bits that have no name.
     */
    public long unknownBits() {
        long unknown = bits;
        for (RegionFlag flag : RegionFlag.values()) {
            unknown &= ~flag.mask();
        }
        return unknown;
    }

    /**
     * The names of the flags, and unnamed bits as a number.
     */
    @Override
    public String toString() {
        return FlagText.of(bits, RegionFlag.values());
    }
}
