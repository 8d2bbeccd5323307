// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.HeldBy;
import io.kvm4j.uapi.UapiValue;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * What it serves.
 *
 * <p>Two are equal if their numbers are; a number that these headers do not name is as
 * good as any other.
 *
 * <p>Held by {@code drv_packed.flags}.
 */
@HeldBy(
        fields = "drv_packed.flags"
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class Kind implements UapiValue {
    /**
     * {@code DRV_KIND_DISK}, number 16.
     */
    public static final Kind DRV_KIND_DISK = new Kind(16, "DRV_KIND_DISK");

    /**
     * {@code DRV_KIND_NET}, number 32.
     */
    public static final Kind DRV_KIND_NET = new Kind(32, "DRV_KIND_NET");

    private static final List<Kind> KNOWN = List.of(
            DRV_KIND_DISK,
            DRV_KIND_NET);

    private final int number;

    private final String name;

    private Kind(int number, String name) {
        this.number = number;
        this.name = name;
    }

    /**
     * The constant with a number, or an object for a number that none of them has.
     */
    public static Kind of(int number) {
        return switch (number) {
            case 16 -> DRV_KIND_DISK;
            case 32 -> DRV_KIND_NET;
            default -> new Kind(number, "");
        };
    }

    /**
     * Every constant, by number.
     */
    public static List<Kind> known() {
        return KNOWN;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public String name() {
        return isKnown() ? name : "Kind(" + number + ")";
    }

    @Override
    public boolean isKnown() {
        return !name.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Kind that && that.number == number;
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
