// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.ExitArms;
import io.kvm4j.uapi.ExitUnion;
import java.lang.foreign.MemorySegment;
import javax.annotation.processing.Generated;

/**
 * Why the driver came back.
 */
@ExitUnion(
        struct = "drv_run",
        prefix = "DRV_EXIT_",
        except = {"DRV_EXIT_IO_OUT"},
        unread = {"padding"}
)
@Generated("io.kvm4j.processor.UapiProcessor")
public sealed interface DrvExit {
    /**
     * The reason of the exit.
     */
    DrvReason reason();

    /**
     * The exits that only Arm raises.
     */
    sealed interface Arm extends DrvExit {
    }

    /**
     * {@code DRV_EXIT_UNKNOWN}.
     *
     * <pre>{@code
     * struct {
     *     __u64 hardware_exit_reason;
     * } hw;
     * }</pre>
     */
    @ExitArms(
            reason = "DRV_EXIT_UNKNOWN",
            arms = {"hw"}
    )
    final class Hardware implements DrvExit {
        private final DrvExitDecoder exits;

        private final DrvRun.Hw arm;

        Hardware(DrvExitDecoder exits, DrvRun.Hw arm) {
            this.exits = exits;
            this.arm = arm;
        }

        /**
         * {@code __u64 hardware_exit_reason}, at byte 0, unsigned.
         */
        public long hardwareExitReason() {
            return arm().hardwareExitReason();
        }

        /**
         * Sets {@code __u64 hardware_exit_reason}.
         */
        public Hardware hardwareExitReason(long value) {
            arm().hardwareExitReason(value);
            return this;
        }

        /**
         * {@code __u64 hardware_exit_reason} as {@link Mode}.
         */
        public Mode hardwareExitReasonValue() {
            return arm().hardwareExitReasonValue();
        }

        /**
         * Sets {@code __u64 hardware_exit_reason}.
         */
        public Hardware hardwareExitReason(Mode value) {
            arm().hardwareExitReason(value);
            return this;
        }

        private DrvRun.Hw arm() {
            exits.requireCurrent(this);
            return arm;
        }

        @Override
        public String toString() {
            return "DRV_EXIT_UNKNOWN " + arm;
        }

        @Override
        public DrvReason reason() {
            return DrvReason.DRV_EXIT_UNKNOWN;
        }
    }

    /**
     * {@code DRV_EXIT_IO}.
     *
     * <pre>{@code
     * struct {
     *     __u8 direction;
     *     __u8 size;
     *     __u16 port;
     *     __u32 count;
     * } io;
     * }</pre>
     */
    @ExitArms(
            reason = "DRV_EXIT_IO",
            arms = {"io"}
    )
    final class Io implements DrvExit, PortLike {
        private final DrvExitDecoder exits;

        private final DrvRun.Io arm;

        Io(DrvExitDecoder exits, DrvRun.Io arm) {
            this.exits = exits;
            this.arm = arm;
        }

        /**
         * {@code __u8 direction}, at byte 0, unsigned.
         */
        public int direction() {
            return arm().direction();
        }

        /**
         * Sets {@code __u8 direction}.
         */
        public Io direction(int value) {
            arm().direction(value);
            return this;
        }

        /**
         * {@code __u8 direction} as {@link Mode}.
         */
        public Mode directionValue() {
            return arm().directionValue();
        }

        /**
         * Sets {@code __u8 direction}.
         */
        public Io direction(Mode value) {
            arm().direction(value);
            return this;
        }

        /**
         * {@code __u8 size}, at byte 1, unsigned.
         */
        public int size() {
            return arm().size();
        }

        /**
         * Sets {@code __u8 size}.
         */
        public Io size(int value) {
            arm().size(value);
            return this;
        }

        /**
         * {@code __u16 port}, at byte 2, unsigned.
         */
        public int port() {
            return arm().port();
        }

        /**
         * Sets {@code __u16 port}.
         */
        public Io port(int value) {
            arm().port(value);
            return this;
        }

        /**
         * {@code __u32 count}, at byte 4, unsigned.
         */
        public int count() {
            return arm().count();
        }

        /**
         * Sets {@code __u32 count}.
         */
        public Io count(int value) {
            arm().count(value);
            return this;
        }

        private DrvRun.Io arm() {
            exits.requireCurrent(this);
            return arm;
        }

        @Override
        public String toString() {
            return "DRV_EXIT_IO " + arm;
        }

        /**
         * The whole shared memory area, which starts with the struct.
         */
        public MemorySegment runArea() {
            exits.requireCurrent(this);
            return exits.area();
        }

        @Override
        public DrvReason reason() {
            return DrvReason.DRV_EXIT_IO;
        }
    }

    /**
     * {@code DRV_EXIT_RESET}: {@code __u64 reset_flags}.
     */
    @ExitArms(
            reason = "DRV_EXIT_RESET",
            arms = {"reset_flags"}
    )
    final class Reset implements DrvExit {
        private final DrvExitDecoder exits;

        Reset(DrvExitDecoder exits) {
            this.exits = exits;
        }

        /**
         * {@code __u64 reset_flags}, at byte 8, unsigned.
         */
        public long resetFlags() {
            return struct().resetFlags();
        }

        /**
         * Sets {@code __u64 reset_flags}.
         */
        public Reset resetFlags(long value) {
            struct().resetFlags(value);
            return this;
        }

        private DrvRun struct() {
            exits.requireCurrent(this);
            return exits.struct();
        }

        @Override
        public String toString() {
            return "DRV_EXIT_RESET {reset_flags=" + exits.struct().resetFlags() + "}";
        }

        @Override
        public DrvReason reason() {
            return DrvReason.DRV_EXIT_RESET;
        }
    }

    /**
     * {@code DRV_EXIT_DEBUG}.
     *
     * <pre>{@code
     * struct {
     *     struct drv_regs arch;
     * } debug;
     * }</pre>
     */
    @ExitArms(
            reason = "DRV_EXIT_DEBUG",
            arms = {"debug"}
    )
    final class Debug implements DrvExit {
        private final DrvExitDecoder exits;

        private final DrvRun.Debug arm;

        Debug(DrvExitDecoder exits, DrvRun.Debug arm) {
            this.exits = exits;
            this.arm = arm;
        }

        /**
         * The memory of {@code struct drv_regs arch}, at byte 0. A new slice each time.
         */
        public MemorySegment arch() {
            return arm().arch();
        }

        private DrvRun.Debug arm() {
            exits.requireCurrent(this);
            return arm;
        }

        @Override
        public String toString() {
            return "DRV_EXIT_DEBUG " + arm;
        }

        @Override
        public DrvReason reason() {
            return DrvReason.DRV_EXIT_DEBUG;
        }
    }

    /**
     * {@code DRV_EXIT_ARM_TRAP}, which says no more than that.
     */
    @ExitArms(
            reason = "DRV_EXIT_ARM_TRAP",
            arms = {}
    )
    final class ArmTrap implements Arm {
        ArmTrap() {
        }

        @Override
        public String toString() {
            return "DRV_EXIT_ARM_TRAP";
        }

        @Override
        public DrvReason reason() {
            return DrvReason.DRV_EXIT_ARM_TRAP;
        }
    }

    /**
     * {@code DRV_EXIT_ARM_FAULT}, which says no more than that.
     */
    @ExitArms(
            reason = "DRV_EXIT_ARM_FAULT",
            arms = {}
    )
    final class ArmFault implements Arm {
        ArmFault() {
        }

        @Override
        public String toString() {
            return "DRV_EXIT_ARM_FAULT";
        }

        @Override
        public DrvReason reason() {
            return DrvReason.DRV_EXIT_ARM_FAULT;
        }
    }

    /**
     * An exit whose reason these headers do not name; {@link #reason} has its number.
     */
    final class Unrecognized implements DrvExit {
        private int number;

        Unrecognized() {
        }

        Unrecognized at(int reason) {
            number = reason;
            return this;
        }

        @Override
        public String toString() {
            return reason().toString();
        }

        @Override
        public DrvReason reason() {
            return DrvReason.of(number);
        }
    }
}
