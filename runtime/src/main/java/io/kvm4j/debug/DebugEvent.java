package io.kvm4j.debug;

import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.ExceptionVector;
import io.kvm4j.uapi.x86_64.KvmDebugExitArch;
import java.util.OptionalInt;

/**
 * What stopped a guest that is being debugged ({@code KVM_EXIT_DEBUG}), on x86_64.
 *
 * @param exception {@link ExceptionVector#DB_VECTOR} for a step or a hardware breakpoint, {@link ExceptionVector#BP_VECTOR}
 *     for {@code int3}
 * @param pc the linear address of the next instruction; for {@code int3} that of itself
 * @param dr6 the debug status register
 * @param dr7 the debug control register
 */
public record DebugEvent(ExceptionVector exception, long pc, long dr6, long dr7) {
    private static final long SINGLE_STEP = 1 << 14;
    private static final long ANY_BREAKPOINT = 0xf;
    private static final long DEBUG_REGISTER = 1 << 13;

    /** What an exit says. */
    public static DebugEvent of(KvmExit.Debug exit) {
        KvmDebugExitArch arch = KvmDebugExitArch.of(exit.arch());
        return new DebugEvent(arch.exceptionValue(), arch.pc(), arch.dr6(), arch.dr7());
    }

    /** Whether the guest has done a step. */
    public boolean isStep() {
        return exception.equals(ExceptionVector.DB_VECTOR) && (dr6 & SINGLE_STEP) != 0;
    }

    /** Whether the guest has come to an {@code int3}, its own or a {@link SoftwareBreakpoint}. */
    public boolean isSoftwareBreakpoint() {
        return exception.equals(ExceptionVector.BP_VECTOR);
    }

    /** Whether the guest is about to access a debug register: {@link GuestDebug#stopAtDebugRegisters}. */
    public boolean isDebugRegisterAccess() {
        return exception.equals(ExceptionVector.DB_VECTOR) && (dr6 & DEBUG_REGISTER) != 0;
    }

    /** The number of the hardware breakpoint that the guest has come to, if it has; the lowest of several. */
    public OptionalInt hardwareBreakpoint() {
        long hit = dr6 & ANY_BREAKPOINT;
        return exception.equals(ExceptionVector.DB_VECTOR) && hit != 0
                ? OptionalInt.of(Long.numberOfTrailingZeros(hit))
                : OptionalInt.empty();
    }
}
