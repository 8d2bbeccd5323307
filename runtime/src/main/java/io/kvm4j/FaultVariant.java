package io.kvm4j;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmRun;

/** A protocol by which a kernel reports that KVM_RUN stopped at guest memory it could not access. */
public enum FaultVariant {
    /**
     * Mainline Linux from 6.8 on: KVM_RUN fails with EFAULT or EHWPOISON, and {@code exit_reason} is
     * KVM_EXIT_MEMORY_FAULT.
     */
    MAINLINE;

    /**
     * Whether a failed KVM_RUN filled in {@code memory_fault}. The arm's size must have been cleared if the run began
     * with this exit reason: then a size tells a report of this run from what an earlier one left behind.
     */
    boolean reportsMemoryFault(int errno, KvmRun run) {
        return (errno == Errno.EFAULT || errno == Errno.EHWPOISON)
                && run.exitReason() == KvmConstants.KVM_EXIT_MEMORY_FAULT
                && run.memoryFault().size() != 0;
    }
}
