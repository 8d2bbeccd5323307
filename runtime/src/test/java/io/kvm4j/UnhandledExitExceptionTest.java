package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.ExitReason;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExitDecoder;
import io.kvm4j.uapi.KvmRun;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class UnhandledExitExceptionTest {
    private final KvmRun run = KvmRun.allocate(Arena.ofAuto());
    private final KvmExitDecoder exits = new KvmExitDecoder(run.segment());

    private String message(int reason) {
        run.exitReason(reason);
        UnhandledExitException e = new UnhandledExitException(exits.decode(reason));
        assertEquals(ExitReason.of(reason), e.reason());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        return e.getMessage();
    }

    private String internalError(int suberror) {
        run.internal().suberror(suberror);
        return message(KvmConstants.KVM_EXIT_INTERNAL_ERROR);
    }

    @Test
    void anInstructionThatKvmCannotEmulateIsShown() {
        run.emulationFailure().ndata(3).flags(1).insnSize(3);
        run.emulationFailure()
                .insnBytes(0, 0x0f)
                .insnBytes(1, 0xc7)
                .insnBytes(2, 0xf8)
                .insnBytes(3, 0x99);
        assertEquals(
                "unhandled exit KVM_EXIT_INTERNAL_ERROR, suberror 1 KVM_INTERNAL_ERROR_EMULATION: KVM could not emulate"
                        + " an instruction of the guest; instruction bytes 0f c7 f8; flags"
                        + " KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES; ndata 3",
                internalError(1));
    }

    @Test
    void anInstructionThatKvmDoesNotTellIsNotMadeUp() {
        run.emulationFailure().ndata(0).flags(1).insnSize(3).insnBytes(0, 0x0f);
        String none = internalError(1);
        assertTrue(none.endsWith("an instruction of the guest; KVM does not tell which"), none);
        run.emulationFailure().ndata(4).flags(0);
        String flagless = internalError(1);
        assertTrue(flagless.contains("; KVM does not tell which; data 0x0, "), flagless);
    }

    @Test
    void sizesThatNoKernelGivesAreSurvived() {
        run.emulationFailure().ndata(-1).flags(-1).insnSize(255);
        String longest = internalError(1);
        assertTrue(longest.contains("instruction bytes 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00;"), longest);
        run.internal().ndata(-1);
        String most = internalError(4);
        assertEquals(16, most.split("0x", -1).length - 1, most);
    }

    @Test
    void otherInternalErrorsAreNamedWithTheirData() {
        run.internal().ndata(2).data(0, 0x7f).data(1, 3);
        String unexpected = internalError(4);
        assertEquals(
                "unhandled exit KVM_EXIT_INTERNAL_ERROR, suberror 4 KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON: the"
                        + " processor gave an exit reason that KVM does not handle; data 0x7f, 0x3",
                unexpected);
        assertTrue(internalError(3).contains("KVM_INTERNAL_ERROR_DELIVERY_EV: "), internalError(3));
        assertTrue(internalError(77).contains("suberror 77 "), internalError(77));
    }

    @Test
    void otherExitsThatEndGuestsAreExplained() {
        run.failEntry().hardwareEntryFailureReason(0x80000021L).cpu(3);
        String failed = message(KvmConstants.KVM_EXIT_FAIL_ENTRY);
        assertTrue(failed.contains("on CPU 3, hardware reason 0x80000021"), failed);
        String shutdown = message(KvmConstants.KVM_EXIT_SHUTDOWN);
        assertTrue(shutdown.contains("triple fault"), shutdown);
        run.memoryFault().gpa(0x4000).size(0x1000).flags(8);
        String fault = message(KvmConstants.KVM_EXIT_MEMORY_FAULT);
        assertTrue(fault.contains("4096 bytes of guest memory at 0x4000, flags KVM_MEMORY_EXIT_FLAG_PRIVATE"), fault);
        String unknown = message(12345);
        assertTrue(unknown.contains("12345") && unknown.contains("newer than these bindings"), unknown);
    }
}
