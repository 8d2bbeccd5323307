package io.kvm4j;

import io.kvm4j.uapi.EmulationFailureFlag;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmRun;
import java.util.StringJoiner;

/** Explains exits that a run loop does not expect, each in one line. */
final class ExitText {
    private static final int LONGEST_INSTRUCTION = 15;
    private static final int MOST_DATA = 16;

    /** The flags and 16 bytes of instruction: as many numbers as KVM counts if it gives the bytes. */
    private static final int DATA_WITH_INSTRUCTION = 3;

    private ExitText() {}

    static String of(KvmExit exit) {
        return switch (exit) {
            case KvmExit.InternalFailure error -> internalError(error);
            case KvmExit.FailEntry entry ->
                "KVM_EXIT_FAIL_ENTRY: the processor refused to enter the guest on CPU %d, hardware reason 0x%x: check its registers"
                        .formatted(entry.cpu(), entry.hardwareEntryFailureReason());
            case KvmExit.Shutdown _ ->
                "KVM_EXIT_SHUTDOWN: the guest shut down, on x86 by a triple fault: an exception while it delivered a double fault, often since it has no valid IDT";
            case KvmExit.MemoryFault fault -> memoryFault(fault);
            case KvmExit.Unrecognized _ ->
                exit + ": the kernel is newer than these bindings, which do not know this exit reason";
            default -> exit.toString();
        };
    }

    private static String memoryFault(KvmExit.MemoryFault fault) {
        return "KVM_EXIT_MEMORY_FAULT: KVM could not access %d bytes of guest memory at 0x%x, flags %s"
                .formatted(fault.size(), fault.gpa(), fault.flagsSet());
    }

    private static String internalError(KvmExit.InternalFailure error) {
        String head = "KVM_EXIT_INTERNAL_ERROR, suberror %d %s".formatted(error.suberror(), error.suberrorValue());
        return switch (error.suberror()) {
            case KvmConstants.KVM_INTERNAL_ERROR_EMULATION ->
                head + ": KVM could not emulate an instruction of the guest" + emulation(error);
            case KvmConstants.KVM_INTERNAL_ERROR_SIMUL_EX ->
                head + ": an exception happened while another one was delivered" + data(error);
            case KvmConstants.KVM_INTERNAL_ERROR_DELIVERY_EV ->
                head + ": the guest exited while an event was delivered, which KVM does not expect" + data(error);
            case KvmConstants.KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON ->
                head + ": the processor gave an exit reason that KVM does not handle" + data(error);
            default -> head + data(error);
        };
    }

    private static String emulation(KvmExit.InternalFailure error) {
        KvmRun.EmulationFailure failure = error.emulationFailure();
        long count = Integer.toUnsignedLong(error.ndata());
        if (count < DATA_WITH_INSTRUCTION
                || !failure.flagsSet()
                        .contains(EmulationFailureFlag.KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES)) {
            return "; KVM does not tell which" + (count == 0 ? "" : data(error));
        }
        StringJoiner bytes = new StringJoiner(" ");
        for (int i = 0; i < Math.min(failure.insnSize(), LONGEST_INSTRUCTION); i++) {
            bytes.add("%02x".formatted(failure.insnBytes(i)));
        }
        return "; instruction bytes %s; flags %s; ndata %d".formatted(bytes, failure.flagsSet(), count);
    }

    private static String data(KvmExit.InternalFailure error) {
        StringJoiner data = new StringJoiner(", ", "; data ", "").setEmptyValue("");
        int count = Math.clamp(Integer.toUnsignedLong(error.ndata()), 0, MOST_DATA);
        for (int i = 0; i < count; i++) {
            data.add("0x" + Long.toHexString(error.data(i)));
        }
        return data.toString();
    }
}
