package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.TaggedField;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of what exits tell beyond their reason. */
interface ExitEnums {
    /** Whether the guest reads from a port or writes to it. */
    @ValueEnum(prefix = "KVM_EXIT_IO_", fields = "kvm_run.io.direction")
    interface IoDirectionSpec {}

    /** What KVM could not do. */
    @ValueEnum(
            prefix = "KVM_INTERNAL_ERROR_",
            except = "KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES",
            fields = {"kvm_run.internal.suberror", "kvm_run.emulation_failure.suberror"})
    interface InternalFailureCauseSpec {}

    /** Which fields about an instruction that could not be emulated hold something. */
    @FlagEnum(prefix = "KVM_INTERNAL_ERROR_EMULATION_FLAG_", fields = "kvm_run.emulation_failure.flags")
    interface EmulationFailureFlagSpec {}

    /** What the guest asks for, or suffered, as a whole. */
    @ValueEnum(prefix = "KVM_SYSTEM_EVENT_", fields = "kvm_run.system_event.type")
    interface SystemEventTypeSpec {}

    /** What of Hyper-V's interfaces the guest used. */
    @ValueEnum(prefix = "KVM_EXIT_HYPERV_", fields = "kvm_hyperv_exit.type")
    interface HypervExitTypeSpec {}

    /** What of Xen's interfaces the guest used. */
    @ValueEnum(prefix = "KVM_EXIT_XEN_", fields = "kvm_xen_exit.type")
    interface XenExitTypeSpec {}

    /** Why accesses to an MSR exit: which exits are wanted, and of which kind one is. */
    @FlagEnum(
            prefix = "KVM_MSR_EXIT_REASON_",
            except = "KVM_MSR_EXIT_REASON_VALID_MASK",
            fields = "kvm_run.msr.reason",
            tagged = @TaggedField(value = "kvm_enable_cap.args[0]", when = "cap is KVM_CAP_X86_USER_SPACE_MSR"))
    interface MsrExitReasonSpec {}

    /** What is to be known of a guest that blocked exits for too long. */
    @FlagEnum(prefix = "KVM_NOTIFY_", fields = "kvm_run.notify.flags")
    interface NotifyFlagSpec {}

    /** What the access was that found no memory. */
    @FlagEnum(prefix = "KVM_MEMORY_EXIT_FLAG_", fields = "kvm_run.memory_fault.flags")
    interface MemoryFaultFlagSpec {}

    /** Which addresses of a synchronous external abort are known. */
    @FlagEnum(prefix = "KVM_EXIT_ARM_SEA_FLAG_", fields = "kvm_run.arm_sea.flags")
    interface ArmSeaFlagSpec {}
}
