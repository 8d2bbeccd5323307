package io.kvm4j;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmRun;
import io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants;
import java.util.Locale;

/**
 * A protocol by which a kernel reports that KVM_RUN stopped at guest memory it could not access. {@link
 * io.kvm4j.uapi.KvmExit.MemoryFault} stands for the report of each; what its flags mean is the variant's matter.
 */
public enum FaultVariant {
    /**
     * Mainline Linux from 6.8 on: KVM_RUN fails with EFAULT or EHWPOISON, and {@code exit_reason} is
     * KVM_EXIT_MEMORY_FAULT.
     */
    MAINLINE(KvmConstants.KVM_EXIT_MEMORY_FAULT) {
        @Override
        boolean isResultOfFault(int result) {
            return result == -Errno.EFAULT || result == -Errno.EHWPOISON;
        }
    },

    /**
     * The second version of the proposal of KVM_CAP_MEMORY_FAULT_NOWAIT, which only kernels patched with it have. Slots
     * with KVM_MEM_ABSENT_MAPPING_FAULT report pages that the host does not map, on x86 once
     * KVM_CAP_X86_MEMORY_FAULT_EXIT is enabled for that reason: KVM_RUN fails with EPERM there and succeeds on arm64, and
     * {@code exit_reason} is 38, which on mainline is another exit. EPERM is no errno that anybody chose, but the -1 that
     * the kernel returns instead of one.
     */
    MEMORY_FAULT_NOWAIT_V2(MemoryFaultNowaitV2Constants.KVM_EXIT_MEMORY_FAULT) {
        @Override
        boolean isResultOfFault(int result) {
            return result == -Errno.EPERM || result == 0;
        }

        @Override
        boolean needsErrno() {
            return false;
        }
    },

    /**
     * The seventh version of the proposal of KVM_CAP_EXIT_ON_MISSING, which only kernels patched with it have. Slots with
     * KVM_MEM_EXIT_ON_MISSING report pages that the host does not map, as mainline reports faults, with flags that say
     * what the guest wanted.
     */
    EXIT_ON_MISSING_V7(KvmConstants.KVM_EXIT_MEMORY_FAULT) {
        @Override
        boolean isResultOfFault(int result) {
            return MAINLINE.isResultOfFault(result);
        }
    },

    /**
     * The third version of the proposal "KVM Userfault", which only kernels patched with it have. Slots with
     * KVM_MEM_USERFAULT report pages whose bit is set in a bitmap, as mainline reports faults, with a flag of their own.
     * EFAULT alone means that the bitmap could not be read.
     */
    USERFAULT_V3(KvmConstants.KVM_EXIT_MEMORY_FAULT) {
        @Override
        boolean isResultOfFault(int result) {
            return MAINLINE.isResultOfFault(result);
        }
    };

    private final int exitReason;

    FaultVariant(int exitReason) {
        this.exitReason = exitReason;
    }

    /** What KVM_RUN returns, {@code -errno} if it fails, when it reports a fault. */
    abstract boolean isResultOfFault(int result);

    /**
     * Whether a KVM_RUN filled in {@code memory_fault}. The arm's size must have been cleared by {@link #forget} before:
     * then a size tells a report of this run from what an earlier one left behind.
     */
    boolean reportsMemoryFault(int result, KvmRun run) {
        return isResultOfFault(result) && hasReport(run);
    }

    /** Whether there is a report of a fault in kvm_run since {@link #forget}. */
    boolean hasReport(KvmRun run) {
        return run.exitReason() == exitReason && run.memoryFault().size() != 0;
    }

    /**
     * Whether only errno tells that a report counts: mainline also leaves one behind when it fails for want of memory, and
     * then it means nothing.
     */
    boolean needsErrno() {
        return true;
    }

    /**
     * Clears what an earlier memory fault left in kvm_run: a KVM_RUN that fails before it sets {@code exit_reason}
     * leaves the old one standing, and {@code exit_reason} itself is the kernel's to write, which on arm64 and riscv64
     * also reads it. Nobody reads the arm after this exit.
     */
    void forget(KvmRun run) {
        if (run.exitReason() == exitReason) {
            run.memoryFault().size(0);
        }
    }

    /** Returns the name that header sets, messages and the command line use, such as {@code memory-fault-nowait-v2}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
