package io.kvm4j.debug;

import io.kvm4j.Vcpu;
import io.kvm4j.uapi.x86_64.GuestDebugFlag;
import io.kvm4j.uapi.x86_64.GuestDebugFlags;
import io.kvm4j.uapi.x86_64.KvmGuestDebug;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Steps and breakpoints of a vCPU on x86_64 ({@code KVM_SET_GUEST_DEBUG}), which its guest does not see. Each change takes
 * effect at once; whatever stops the guest is a {@link io.kvm4j.uapi.KvmExit.Debug}, which {@link DebugEvent} reads. For
 * the vCPU's thread.
 *
 * <p>A guest that stopped before an instruction, at a breakpoint or at an access to a debug register, must do one step
 * without it before it goes on: it would only stop there again.
 */
public final class GuestDebug implements AutoCloseable {
    /** How many hardware breakpoints there are. */
    public static final int HARDWARE_BREAKPOINTS = 4;

    private static final int DR7 = 7;

    /** DR7.GD, general detect: an access to a debug register is a debug exception. */
    private static final long GENERAL_DETECT = 1 << 13;

    private final Vcpu vcpu;
    private final @Nullable HardwareBreakpoint[] hardware = new HardwareBreakpoint[HARDWARE_BREAKPOINTS];
    private boolean steps;
    private boolean stopsAtInt3;
    private boolean blocksInterrupts;
    private boolean stopsAtDebugRegisters;

    /**
     * Begins with nothing that stops the guest.
     *
     * @throws UnsupportedOperationException on another architecture
     */
    public GuestDebug(Vcpu vcpu) {
        vcpu.x86();
        this.vcpu = vcpu;
    }

    /**
     * Stops the guest after each instruction, or no longer.
     *
     * @throws io.kvm4j.uapi.ErrnoException if the kernel cannot debug guests (KVM_CAP_SET_GUEST_DEBUG)
     */
    public void singleStep(boolean on) {
        steps = on;
        apply();
    }

    /**
     * Keeps interrupts from the guest while it is stepped, or no longer: a step then leads to the next instruction, never
     * into a handler.
     *
     * @throws io.kvm4j.uapi.ErrnoException with EINVAL if the kernel cannot (KVM_CAP_SET_GUEST_DEBUG2)
     */
    public void blockInterrupts(boolean on) {
        blocksInterrupts = on;
        apply();
    }

    /**
     * Stops the guest at every {@code int3}, instead of letting it handle that, or no longer. It takes no {@link
     * #softwareBreakpoint}: the guest's own code may have them.
     */
    public void stopAtInt3(boolean on) {
        stopsAtInt3 = on;
        apply();
    }

    /**
     * Stops the guest before each instruction that reads or writes a debug register, or no longer: DR7.GD. It tells that
     * the guest uses the registers itself; while there are hardware breakpoints, or this is on, the guest's own ones have
     * no effect.
     */
    public void stopAtDebugRegisters(boolean on) {
        stopsAtDebugRegisters = on;
        apply();
    }

    /**
     * Sets a breakpoint in the guest's code, and stops the guest at {@code int3} from now on.
     *
     * @param gpa the guest physical address of an instruction's first byte
     * @return the breakpoint, which the caller closes
     * @throws IndexOutOfBoundsException if the guest has no memory there
     */
    public SoftwareBreakpoint softwareBreakpoint(long gpa) {
        stopAtInt3(true);
        return new SoftwareBreakpoint(vcpu.vm().memory(), gpa);
    }

    /**
     * Sets a hardware breakpoint, in place of the one that has the number.
     *
     * @param number 0 to 3
     */
    public void set(int number, HardwareBreakpoint breakpoint) {
        hardware[Objects.checkIndex(number, HARDWARE_BREAKPOINTS)] = breakpoint;
        apply();
    }

    /**
     * Removes a hardware breakpoint, if there is one.
     *
     * @param number 0 to 3
     */
    public void clear(int number) {
        hardware[Objects.checkIndex(number, HARDWARE_BREAKPOINTS)] = null;
        apply();
    }

    private void apply() {
        try (Arena call = Arena.ofConfined()) {
            KvmGuestDebug debug = KvmGuestDebug.allocate(call);
            long dr7 = stopsAtDebugRegisters ? GENERAL_DETECT : 0;
            for (int number = 0; number < HARDWARE_BREAKPOINTS; number++) {
                HardwareBreakpoint breakpoint = hardware[number];
                if (breakpoint != null) {
                    debug.arch().debugreg(number, breakpoint.address());
                    dr7 |= breakpoint.dr7(number);
                }
            }
            debug.arch().debugreg(DR7, dr7);
            debug.control(control(dr7 != 0));
            vcpu.exclusively(() -> {
                vcpu.x86().ioctls().setGuestDebug(debug);
                return debug;
            });
        }
    }

    private GuestDebugFlags control(boolean hasHardware) {
        GuestDebugFlags flags = GuestDebugFlags.of();
        flags = steps ? flags.with(GuestDebugFlag.KVM_GUESTDBG_SINGLESTEP) : flags;
        flags = stopsAtInt3 ? flags.with(GuestDebugFlag.KVM_GUESTDBG_USE_SW_BP) : flags;
        flags = hasHardware ? flags.with(GuestDebugFlag.KVM_GUESTDBG_USE_HW_BP) : flags;
        flags = blocksInterrupts ? flags.with(GuestDebugFlag.KVM_GUESTDBG_BLOCKIRQ) : flags;
        return flags.bits() == 0 ? flags : flags.with(GuestDebugFlag.KVM_GUESTDBG_ENABLE);
    }

    /**
     * Ends all of it, unless the vCPU is closed. Software breakpoints stay in the code until they are closed.
     *
     * @throws IllegalStateException if another thread uses the vCPU
     */
    @Override
    public void close() {
        if (vcpu.isClosed()) {
            return;
        }
        steps = false;
        stopsAtInt3 = false;
        blocksInterrupts = false;
        stopsAtDebugRegisters = false;
        Arrays.fill(hardware, null);
        apply();
    }
}
