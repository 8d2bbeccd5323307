package io.kvm4j;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmExitDecoder;
import io.kvm4j.uapi.KvmRun;
import java.util.function.BooleanSupplier;

/**
 * Runs a vCPU and tells why it came back. Allocates nothing unless KVM_RUN fails. EINTR means that a signal arrived, or
 * that {@code immediate_exit} is set; on x86, EAGAIN means that another vCPU has just started this one. Neither says
 * anything about the guest.
 */
final class ExitReader {
    private final RunCall kvmRun;
    private final KvmExitDecoder exits;
    private final KvmRun run;
    private final FaultVariant faults;
    private final String vcpu;

    /**
     * @param vcpu what runs, for people
     */
    ExitReader(RunCall kvmRun, KvmExitDecoder exits, FaultVariant faults, String vcpu) {
        this.kvmRun = kvmRun;
        this.exits = exits;
        this.run = exits.struct();
        this.faults = faults;
        this.vcpu = vcpu;
    }

    /**
     * Runs the vCPU until the guest exits, whatever signals arrive meanwhile.
     *
     * @param interruption whether someone wants the run to return {@link KvmExit.Intr}; asked only after an interruption
     */
    KvmExit run(BooleanSupplier interruption) {
        KvmExit exit;
        do {
            exit = runOnce();
        } while (exit instanceof KvmExit.Intr && !interruption.getAsBoolean());
        return exit;
    }

    /** Runs the vCPU until the guest exits or a signal arrives, which is a {@link KvmExit.Intr}. */
    KvmExit runOnce() {
        faults.forget(run);
        int result = call();
        if (faults.reportsMemoryFault(result, run)) {
            return exits.decode(KvmConstants.KVM_EXIT_MEMORY_FAULT);
        }
        if (result >= 0) {
            return exits.decode(run.exitReason());
        }
        if (result == -Errno.EINTR || result == -Errno.EAGAIN) {
            return exits.decode(KvmConstants.KVM_EXIT_INTR);
        }
        exits.clear();
        throw ErrnoException.of(-result, "KVM_RUN", vcpu);
    }

    /**
     * Returns what KVM_RUN returned, {@code -errno} if it failed. Where a fault's report says all, errno is asked for only if
     * kvm_run doesn't say why the run ended: by a second run, which fails as the first one did, or goes on. A signal that a
     * handler has taken would not end that one, but of signals kvm_run says so, unless it said the same before.
     */
    private int call() {
        if (!faults.needsErrno() && run.exitReason() != KvmConstants.KVM_EXIT_INTR) {
            int result = kvmRun.attempt();
            if (result != IoctlCall.FAILED) {
                return result;
            }
            if (faults.hasReport(run)) {
                return -Errno.EPERM;
            }
            if (run.exitReason() == KvmConstants.KVM_EXIT_INTR) {
                return -Errno.EINTR;
            }
        }
        return kvmRun.call();
    }
}
