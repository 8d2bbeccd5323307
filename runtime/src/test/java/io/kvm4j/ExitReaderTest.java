package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.ExitReason;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmExitDecoder;
import io.kvm4j.uapi.KvmRun;
import io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants;
import java.lang.foreign.Arena;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of exits, against a kernel that does as told. */
class ExitReaderTest {
    private static final int UNKNOWN_TO_ALL = 0x7ffe;

    private final ScriptedKernel kernel = new ScriptedKernel(FaultVariant.MAINLINE);
    private final ScriptedKernel proposal = new ScriptedKernel(FaultVariant.MEMORY_FAULT_NOWAIT_V2);

    @Test
    void successIsWhatExitReasonSays() {
        kernel.next(run -> succeed(run, KvmConstants.KVM_EXIT_HLT));
        assertInstanceOf(KvmExit.Hlt.class, kernel.exits.runOnce());
    }

    @Test
    void aReasonThatNobodyKnowsIsRepresented() {
        kernel.next(run -> succeed(run, UNKNOWN_TO_ALL));
        KvmExit.Unrecognized exit = assertInstanceOf(KvmExit.Unrecognized.class, kernel.exits.runOnce());
        assertEquals(UNKNOWN_TO_ALL, exit.reason().number());
        assertFalse(exit.reason().isKnown());
    }

    @Test
    void eintrIsIntrWhateverExitReasonWasLeft() {
        kernel.next(run -> succeed(run, KvmConstants.KVM_EXIT_MMIO));
        kernel.exits.runOnce();
        kernel.next(_ -> -Errno.EINTR);
        assertInstanceOf(KvmExit.Intr.class, kernel.exits.runOnce());
        assertEquals(KvmConstants.KVM_EXIT_MMIO, kernel.run.exitReason());
    }

    @Test
    void eagainIsIntrToo() {
        kernel.next(_ -> -Errno.EAGAIN);
        assertInstanceOf(KvmExit.Intr.class, kernel.exits.runOnce());
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINTR, Errno.EAGAIN})
    void anInterruptionThatWasNotAskedForRunsOn(int errno) {
        kernel.next(run -> kernel.runs < 5 ? -errno : succeed(run, KvmConstants.KVM_EXIT_HLT));
        assertInstanceOf(KvmExit.Hlt.class, kernel.exits.run(() -> false));
        assertEquals(5, kernel.runs);
        assertInstanceOf(KvmExit.Hlt.class, kernel.exits.run(() -> true));
        assertEquals(6, kernel.runs);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINTR, Errno.EAGAIN})
    void anInterruptionThatWasAskedForIsIntr(int errno) {
        kernel.next(_ -> -errno);
        assertInstanceOf(KvmExit.Intr.class, kernel.exits.run(() -> true));
        assertInstanceOf(KvmExit.Intr.class, kernel.exits.run(() -> kernel.runs == 4));
        assertEquals(4, kernel.runs);
    }

    @Test
    void aMemoryFaultAfterAnInterruptionIsReported() {
        kernel.next(run -> fault(run, Errno.EFAULT, 0x5000));
        kernel.exits.run(() -> false);
        kernel.next(run -> kernel.runs < 3 ? -Errno.EINTR : fault(run, Errno.EFAULT, 0x6000));
        KvmExit.MemoryFault fault = assertInstanceOf(KvmExit.MemoryFault.class, kernel.exits.run(() -> false));
        assertEquals(0x6000, fault.gpa());
        proposal.next(run -> proposal.runs < 3 ? signal(run) : proposedFault(run, -Errno.EPERM));
        fault = assertInstanceOf(KvmExit.MemoryFault.class, proposal.exits.run(() -> false));
        assertEquals(0x5000, fault.gpa());
        assertEquals(3, proposal.runs);
    }

    @Test
    void aStaleMemoryFaultIsNoneAfterAnInterruptionThatRanOn() {
        kernel.next(run -> fault(run, Errno.EFAULT, 0x5000));
        kernel.exits.run(() -> false);
        kernel.next(_ -> kernel.runs < 4 ? -Errno.EINTR : -Errno.EFAULT);
        assertThrows(ErrnoException.class, () -> kernel.exits.run(() -> false));
        assertEquals(4, kernel.runs);
    }

    @Test
    void anEarlierExitIsUnreadableAfterIntr() {
        kernel.next(run -> succeed(run, KvmConstants.KVM_EXIT_MMIO));
        KvmExit.Mmio mmio = assertInstanceOf(KvmExit.Mmio.class, kernel.exits.runOnce());
        mmio.physAddr();
        kernel.next(_ -> -Errno.EINTR);
        kernel.exits.runOnce();
        assertThrows(IllegalStateException.class, mmio::physAddr);
    }

    @Test
    void anEarlierExitIsUnreadableAfterFailure() {
        kernel.next(run -> succeed(run, KvmConstants.KVM_EXIT_MMIO));
        KvmExit.Mmio mmio = assertInstanceOf(KvmExit.Mmio.class, kernel.exits.runOnce());
        kernel.next(_ -> -Errno.EINVAL);
        assertThrows(ErrnoException.class, kernel.exits::runOnce);
        assertThrows(IllegalStateException.class, mmio::physAddr);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EFAULT, Errno.EHWPOISON})
    void aReportedMemoryFaultIsAnExit(int errno) {
        kernel.next(run -> fault(run, errno, 0x5000));
        KvmExit.MemoryFault fault = assertInstanceOf(KvmExit.MemoryFault.class, kernel.exits.runOnce());
        assertEquals(0x5000, fault.gpa());
        assertEquals(0x1000, fault.size());
    }

    @Test
    void memoryFaultsInARowAreEachReported() {
        for (int gpa = 0x5000; gpa < 0x8000; gpa += 0x1000) {
            int address = gpa;
            kernel.next(run -> fault(run, Errno.EFAULT, address));
            KvmExit.MemoryFault fault = assertInstanceOf(KvmExit.MemoryFault.class, kernel.exits.runOnce());
            assertEquals(address, fault.gpa());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.EINVAL, Errno.ENOMEM, Errno.EBUSY})
    void withAnotherErrnoExitReasonMeansNothing(int errno) {
        kernel.next(run -> fault(run, errno, 0x5000));
        ErrnoException e = assertThrows(ErrnoException.class, kernel.exits::runOnce);
        assertEquals(errno, e.errno());
        assertTrue(e.getMessage().startsWith("KVM_RUN(vCPU 7): "), e.getMessage());
    }

    @Test
    void efaultAloneIsAFailure() {
        kernel.next(run -> {
            run.exitReason(KvmConstants.KVM_EXIT_UNKNOWN);
            return -Errno.EFAULT;
        });
        assertThrows(ErrnoException.class, kernel.exits::runOnce);
    }

    @Test
    void efaultWithAStaleMemoryFaultIsAFailure() {
        kernel.next(run -> fault(run, Errno.EFAULT, 0x5000));
        kernel.exits.runOnce();
        kernel.next(_ -> -Errno.EFAULT);
        assertThrows(ErrnoException.class, kernel.exits::runOnce);
        assertEquals(KvmConstants.KVM_EXIT_MEMORY_FAULT, kernel.run.exitReason());
    }

    @Test
    void efaultWithAStaleMemoryFaultIsAFailureAfterIntrToo() {
        kernel.next(run -> fault(run, Errno.EFAULT, 0x5000));
        kernel.exits.runOnce();
        kernel.next(_ -> -Errno.EINTR);
        kernel.exits.runOnce();
        kernel.next(_ -> -Errno.EFAULT);
        assertThrows(ErrnoException.class, kernel.exits::runOnce);
    }

    @Test
    void anUnhandledExitNamesReasonAndFields() {
        kernel.next(run -> fault(run, Errno.EFAULT, 0x5000));
        UnhandledExitException e = new UnhandledExitException(kernel.exits.runOnce());
        assertEquals(ExitReason.KVM_EXIT_MEMORY_FAULT, e.reason());
        for (String part : new String[] {"KVM_EXIT_MEMORY_FAULT", "4096 bytes", "0x5000", "flags 0"}) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    @Test
    void anUnhandledExitThatNobodyKnowsNamesItsNumber() {
        kernel.next(run -> succeed(run, UNKNOWN_TO_ALL));
        UnhandledExitException e = new UnhandledExitException(kernel.exits.runOnce());
        assertTrue(e.getMessage().contains(Integer.toString(UNKNOWN_TO_ALL)), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-Errno.EPERM, 0})
    void theProposalReportsFaultsItsOwnWay(int result) {
        proposal.next(run -> proposedFault(run, result));
        KvmExit.MemoryFault fault = assertInstanceOf(KvmExit.MemoryFault.class, proposal.exits.runOnce());
        assertEquals(0x5000, fault.gpa());
        assertEquals(0x1000, fault.size());
        assertEquals(MemoryFaultNowaitV2Constants.KVM_MEMFAULT_REASON_ABSENT_MAPPING, fault.flags());
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EFAULT, Errno.EINVAL})
    void theProposalsFailuresWithoutAReportAreFailures(int errno) {
        proposal.next(_ -> -errno);
        ErrnoException e = assertThrows(ErrnoException.class, proposal.exits::runOnce);
        assertEquals(errno, e.errno());
        proposal.next(run -> proposedFault(run, -Errno.EPERM));
        proposal.exits.runOnce();
        proposal.next(_ -> -errno);
        e = assertThrows(ErrnoException.class, proposal.exits::runOnce);
        assertEquals(errno, e.errno());
    }

    @Test
    void theProposalsFaultsTakeOneRunEach() {
        proposal.next(run -> proposedFault(run, -Errno.EPERM));
        proposal.exits.runOnce();
        proposal.exits.runOnce();
        assertEquals(2, proposal.runs);
    }

    @Test
    void aSignalThatAHandlerTookIsSeenByTheProposal() {
        proposal.next(ExitReaderTest::signal);
        assertInstanceOf(KvmExit.Intr.class, proposal.exits.runOnce());
        assertEquals(1, proposal.runs);
        assertInstanceOf(KvmExit.Intr.class, proposal.exits.runOnce());
        assertEquals(2, proposal.runs);
    }

    @Test
    void aFailureAfterASignalIsNoSignalToTheProposal() {
        proposal.next(ExitReaderTest::signal);
        proposal.exits.runOnce();
        proposal.next(_ -> -Errno.EFAULT);
        assertThrows(ErrnoException.class, proposal.exits::runOnce);
    }

    @Test
    void anImmediateExitIsIntrToTheProposal() {
        proposal.next(run -> proposedFault(run, -Errno.EPERM));
        proposal.exits.runOnce();
        proposal.next(_ -> -Errno.EINTR);
        assertInstanceOf(KvmExit.Intr.class, proposal.exits.runOnce());
    }

    @Test
    void epermAfterTheProposalsFaultIsAFailure() {
        proposal.next(run -> proposedFault(run, -Errno.EPERM));
        proposal.exits.runOnce();
        proposal.next(_ -> -Errno.EPERM);
        assertThrows(ErrnoException.class, proposal.exits::runOnce);
    }

    @Test
    void withoutTheProposalItsExitIsMainlines() {
        kernel.next(run -> proposedFault(run, -Errno.EPERM));
        assertThrows(ErrnoException.class, kernel.exits::runOnce);
        kernel.next(run -> proposedFault(run, 0));
        assertInstanceOf(KvmExit.LoongarchIocsr.class, kernel.exits.runOnce());
    }

    private static int proposedFault(KvmRun run, int result) {
        run.exitReason(MemoryFaultNowaitV2Constants.KVM_EXIT_MEMORY_FAULT);
        run.memoryFault()
                .flags(MemoryFaultNowaitV2Constants.KVM_MEMFAULT_REASON_ABSENT_MAPPING)
                .gpa(0x5000)
                .size(0x1000);
        return result;
    }

    private static int succeed(KvmRun run, int reason) {
        run.exitReason(reason);
        return 0;
    }

    private static int signal(KvmRun run) {
        run.exitReason(KvmConstants.KVM_EXIT_INTR);
        return -Errno.EINTR;
    }

    private static int fault(KvmRun run, int errno, long gpa) {
        run.exitReason(KvmConstants.KVM_EXIT_MEMORY_FAULT);
        run.memoryFault().flags(0).gpa(gpa).size(0x1000);
        return -errno;
    }

    /** Does to kvm_run what the test says, and returns what it says. */
    private static final class ScriptedKernel implements RunCall {
        private final KvmExitDecoder decoder =
                new KvmExitDecoder(Arena.ofAuto().allocate(KvmRun.LAYOUT.byteSize() + 4096, 4096));
        private final KvmRun run = decoder.struct();
        private final ExitReader exits;
        private ToIntFunction<KvmRun> behaviour = _ -> -Errno.ENOSYS;
        private int runs;

        ScriptedKernel(FaultVariant faults) {
            exits = new ExitReader(this, decoder, faults, "vCPU 7");
        }

        @Override
        public int attempt() {
            return Math.max(IoctlCall.FAILED, call());
        }

        @Override
        public int call() {
            runs++;
            return behaviour.applyAsInt(run);
        }

        void next(ToIntFunction<KvmRun> behaviour) {
            this.behaviour = behaviour;
        }
    }
}
