// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.UapiValue;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * What it can do.
 *
 * <p>Two are equal if their numbers are; a number that these headers do not name is as
 * good as any other.
 */
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvCap implements UapiValue {
    /**
     * {@code DRV_CAP_LIST}, number 1.
     */
    public static final DrvCap DRV_CAP_LIST = new DrvCap(1, "DRV_CAP_LIST");

    /**
     * {@code DRV_CAP_REGION2}, number 7.
     */
    public static final DrvCap DRV_CAP_REGION2 = new DrvCap(7, "DRV_CAP_REGION2");

    private static final List<DrvCap> KNOWN = List.of(
            DRV_CAP_LIST,
            DRV_CAP_REGION2);

    private final int number;

    private final String name;

    private DrvCap(int number, String name) {
        this.number = number;
        this.name = name;
    }

    /**
     * The constant with a number, or an object for a number that none of them has.
     */
    public static DrvCap of(int number) {
        return switch (number) {
            case 1 -> DRV_CAP_LIST;
            case 7 -> DRV_CAP_REGION2;
            default -> new DrvCap(number, "");
        };
    }

    /**
     * Every constant, by number.
     */
    public static List<DrvCap> known() {
        return KNOWN;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public String name() {
        return isKnown() ? name : "DrvCap(" + number + ")";
    }

    @Override
    public boolean isKnown() {
        return !name.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DrvCap that && that.number == number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return name();
    }
}
