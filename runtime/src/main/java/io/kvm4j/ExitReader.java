package io.kvm4j;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmExitDecoder;
import io.kvm4j.uapi.KvmRun;
import io.kvm4j.uapi.KvmVcpuIoctls;

/** Runs a vCPU once and tells why it came back. Allocates nothing unless KVM_RUN fails. */
final class ExitReader {
    private final KvmVcpuIoctls ioctls;
    private final KvmExitDecoder exits;
    private final KvmRun run;
    private final FaultVariant faults;
    private final String vcpu;

    /** @param vcpu what runs, for people */
    ExitReader(KvmVcpuIoctls ioctls, KvmExitDecoder exits, FaultVariant faults, String vcpu) {
        this.ioctls = ioctls;
        this.exits = exits;
        this.run = exits.struct();
        this.faults = faults;
        this.vcpu = vcpu;
    }

    KvmExit run() {
        exits.clear();
        forgetMemoryFault();
        int result = ioctls.run();
        if (result >= 0) {
            return exits.decode(run.exitReason());
        }
        int errno = -result;
        if (errno == Errno.EINTR) {
            return exits.decode(KvmConstants.KVM_EXIT_INTR);
        }
        if (faults.reportsMemoryFault(errno, run)) {
            return exits.decode(KvmConstants.KVM_EXIT_MEMORY_FAULT);
        }
        throw ErrnoException.of(errno, "KVM_RUN", vcpu);
    }

    /**
     * Clears what an earlier memory fault left in kvm_run: a KVM_RUN that fails before it sets {@code exit_reason}
     * leaves the old one standing, and {@code exit_reason} itself is the kernel's to write, which on arm64 and riscv64
     * also reads it. Nobody reads the arm after this exit.
     */
    private void forgetMemoryFault() {
        if (run.exitReason() == KvmConstants.KVM_EXIT_MEMORY_FAULT) {
            run.memoryFault().size(0);
        }
    }
}
