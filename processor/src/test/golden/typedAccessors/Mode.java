// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.HeldBy;
import io.kvm4j.uapi.UapiValue;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * What it is switched to.
 *
 * <p>Two are equal if their numbers are; a number that these headers do not name is as
 * good as any other.
 *
 * <p>Held by {@code drv_run.io.direction},
 * {@code drv_words.pair[1]},
 * {@code drv_run.hw.hardware_exit_reason},
 * the argument of {@code DRV_SPARE}.
 */
@HeldBy(
        fields = {
                "drv_run.io.direction",
                "drv_words.pair[1]",
                "drv_run.hw.hardware_exit_reason"
        },
        arguments = "DRV_SPARE"
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class Mode implements UapiValue {
    /**
     * {@code DRV_MODE_OFF}, number 0.
     */
    public static final Mode DRV_MODE_OFF = new Mode(0, "DRV_MODE_OFF");

    /**
     * {@code DRV_MODE_ON}, number 1.
     */
    public static final Mode DRV_MODE_ON = new Mode(1, "DRV_MODE_ON");

    private static final List<Mode> KNOWN = List.of(
            DRV_MODE_OFF,
            DRV_MODE_ON);

    private final int number;

    private final String name;

    private Mode(int number, String name) {
        this.number = number;
        this.name = name;
    }

    /**
     * The constant with a number, or an object for a number that none of them has.
     */
    public static Mode of(int number) {
        return switch (number) {
            case 0 -> DRV_MODE_OFF;
            case 1 -> DRV_MODE_ON;
            default -> new Mode(number, "");
        };
    }

    /**
     * Every constant, by number.
     */
    public static List<Mode> known() {
        return KNOWN;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public String name() {
        return isKnown() ? name : "Mode(" + number + ")";
    }

    @Override
    public boolean isKnown() {
        return !name.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mode that && that.number == number;
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
