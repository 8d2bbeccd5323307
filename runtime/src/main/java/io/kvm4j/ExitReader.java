package io.kvm4j;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmExitDecoder;
import io.kvm4j.uapi.KvmRun;
import java.util.function.IntSupplier;

/**
 * Runs a vCPU once and tells why it came back. Allocates nothing unless KVM_RUN fails. EAGAIN, which a processor of x86
 * gives that another one has just started, means as little as EINTR: run it again.
 */
final class ExitReader {
    private final IntSupplier kvmRun;
    private final KvmExitDecoder exits;
    private final KvmRun run;
    private final FaultVariant faults;
    private final String vcpu;

    /**
     * @param kvmRun calls KVM_RUN, and returns {@code -errno} if it fails
     * @param vcpu what runs, for people
     */
    ExitReader(IntSupplier kvmRun, KvmExitDecoder exits, FaultVariant faults, String vcpu) {
        this.kvmRun = kvmRun;
        this.exits = exits;
        this.run = exits.struct();
        this.faults = faults;
        this.vcpu = vcpu;
    }

    KvmExit run() {
        faults.forget(run);
        int result = kvmRun.getAsInt();
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
}
