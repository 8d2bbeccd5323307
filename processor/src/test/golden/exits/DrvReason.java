// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.HeldBy;
import io.kvm4j.uapi.UapiValue;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Why {@link DrvExit} came about: the number in the header, and its name.
 *
 * <p>Two are equal if their numbers are; a number that these headers do not name is as
 * good as any other.
 *
 * <p>Held by {@code drv_run.exit_reason}.
 */
@HeldBy(
        fields = "drv_run.exit_reason"
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvReason implements UapiValue {
    /**
     * {@code DRV_EXIT_UNKNOWN}, number 0.
     */
    public static final DrvReason DRV_EXIT_UNKNOWN = new DrvReason(0, "DRV_EXIT_UNKNOWN");

    /**
     * {@code DRV_EXIT_IO}, number 2.
     */
    public static final DrvReason DRV_EXIT_IO = new DrvReason(2, "DRV_EXIT_IO");

    /**
     * {@code DRV_EXIT_RESET}, number 3.
     */
    public static final DrvReason DRV_EXIT_RESET = new DrvReason(3, "DRV_EXIT_RESET");

    /**
     * {@code DRV_EXIT_DEBUG}, number 4.
     */
    public static final DrvReason DRV_EXIT_DEBUG = new DrvReason(4, "DRV_EXIT_DEBUG");

    /**
     * {@code DRV_EXIT_ARM_TRAP}, number 5.
     */
    public static final DrvReason DRV_EXIT_ARM_TRAP = new DrvReason(5, "DRV_EXIT_ARM_TRAP");

    /**
     * {@code DRV_EXIT_ARM_FAULT}, number 6.
     */
    public static final DrvReason DRV_EXIT_ARM_FAULT = new DrvReason(6, "DRV_EXIT_ARM_FAULT");

    private static final List<DrvReason> KNOWN = List.of(
            DRV_EXIT_UNKNOWN,
            DRV_EXIT_IO,
            DRV_EXIT_RESET,
            DRV_EXIT_DEBUG,
            DRV_EXIT_ARM_TRAP,
            DRV_EXIT_ARM_FAULT);

    private final int number;

    private final String name;

    private DrvReason(int number, String name) {
        this.number = number;
        this.name = name;
    }

    /**
     * The constant with a number, or an object for a number that none of them has.
     */
    public static DrvReason of(int number) {
        return switch (number) {
            case 0 -> DRV_EXIT_UNKNOWN;
            case 2 -> DRV_EXIT_IO;
            case 3 -> DRV_EXIT_RESET;
            case 4 -> DRV_EXIT_DEBUG;
            case 5 -> DRV_EXIT_ARM_TRAP;
            case 6 -> DRV_EXIT_ARM_FAULT;
            default -> new DrvReason(number, "");
        };
    }

    /**
     * Every constant, by number.
     */
    public static List<DrvReason> known() {
        return KNOWN;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public String name() {
        return isKnown() ? name : "DrvReason(" + number + ")";
    }

    @Override
    public boolean isKnown() {
        return !name.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DrvReason that && that.number == number;
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
