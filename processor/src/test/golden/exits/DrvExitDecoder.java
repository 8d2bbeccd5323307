// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import java.lang.foreign.MemorySegment;
import javax.annotation.processing.Generated;

/**
 * Decodes the exits that one shared memory area tells of. All views are made once, so that decoding
 * allocates nothing. It remembers which exit it returned last: only that one may be
 * read. Not thread-safe.
 */
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvExitDecoder {
    private final MemorySegment area;

    private final DrvRun struct;

    private final DrvExit.Unrecognized unrecognized;

    private final DrvExit.Hardware hardware;

    private final DrvExit.Io io;

    private final DrvExit.Reset reset;

    private final DrvExit.Debug debug;

    private final DrvExit.ArmTrap armTrap;

    private final DrvExit.ArmFault armFault;

    private DrvExit current;

    /**
     * Binds a view per exit to a shared memory area.
     *
     * @param area the area, which starts with the struct
     */
    public DrvExitDecoder(MemorySegment area) {
        this.area = area;
        struct = DrvRun.of(area);
        unrecognized = new DrvExit.Unrecognized();
        current = unrecognized;
        hardware = new DrvExit.Hardware(this, struct.hw());
        io = new DrvExit.Io(this, struct.io());
        reset = new DrvExit.Reset(this);
        debug = new DrvExit.Debug(this, struct.debug());
        armTrap = new DrvExit.ArmTrap();
        armFault = new DrvExit.ArmFault();
    }

    /**
     * The exit for a reason, which becomes the one that may be read.
     *
     * @param reason the number of the reason
     */
    public DrvExit decode(int reason) {
        DrvExit exit = switch (reason) {
            case DrvConstants.DRV_EXIT_UNKNOWN -> hardware;
            case DrvConstants.DRV_EXIT_IO -> io;
            case DrvConstants.DRV_EXIT_RESET -> reset;
            case DrvConstants.DRV_EXIT_DEBUG -> debug;
            case DrvConstants.DRV_EXIT_ARM_TRAP -> armTrap;
            case DrvConstants.DRV_EXIT_ARM_FAULT -> armFault;
            default -> unrecognized.at(reason);
        };
        if (current != exit) {
            current = exit;
        }
        return exit;
    }

    /**
     * Forgets the last exit, whose arm the kernel is about to overwrite.
     */
    public void clear() {
        current = unrecognized;
    }

    /**
     * The view of the whole struct.
     */
    public DrvRun struct() {
        return struct;
    }

    /**
     * The whole shared memory area, which starts with the struct.
     */
    public MemorySegment area() {
        return area;
    }

    void requireCurrent(DrvExit exit) {
        if (exit != current) {
            throw new IllegalStateException(exit.reason() + " is not the exit that came last, so its fields say nothing");
        }
    }
}
