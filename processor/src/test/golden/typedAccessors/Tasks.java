// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import drv.x86.DrvRegs;
import io.kvm4j.uapi.FlagSet;
import io.kvm4j.uapi.FlagText;
import javax.annotation.processing.Generated;

/**
 * A set of {@link Task}. Bits that have no name are kept.
 *
 * @param bits the flags, zero-extended
 */
@Generated("io.kvm4j.processor.UapiProcessor")
public record Tasks(long bits) implements FlagSet<Task> {
    /**
     * The set of some flags.
     */
    public static Tasks of(Task... flags) {
        return new Tasks(FlagSet.union(flags));
    }

    /**
     * The set that a field holds.
     */
    public static Tasks ofBits(long bits) {
        return new Tasks(bits);
    }

    /**
     * The set with the flag.
     */
    public Tasks with(Task flag) {
        return new Tasks(bits | flag.mask());
    }

    /**
     * The set without the flag.
     */
    public Tasks without(Task flag) {
        return new Tasks(bits & ~flag.mask());
    }

    @Override
    public Task[] known() {
        return Task.values();
    }

    @Override
    public String toString() {
        return FlagText.of(bits, Task.values());
    }

    /**
     * What {@code drv_regs.pc} holds, when sp is 0.
     */
    public static Tasks pcOf(DrvRegs struct) {
        return Tasks.ofBits(struct.pc());
    }

    /**
     * Sets {@code drv_regs.pc}, which holds it, when sp is 0.
     */
    public void pcTo(DrvRegs struct) {
        struct.pc(this.bits());
    }
}
