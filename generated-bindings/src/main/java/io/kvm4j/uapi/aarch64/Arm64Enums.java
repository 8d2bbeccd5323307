package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.TaggedField;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of 64-bit Arm's VMs, vCPUs and exits. */
interface Arm64Enums {
    /** What a VM is, beside the size of its addresses, which the low byte tells. */
    @FlagEnum(macros = "KVM_VM_TYPE_ARM_PROTECTED", arguments = "KVM_CREATE_VM")
    interface VmTypeFlagSpec {}

    /** The processors that a vCPU can be. */
    @ValueEnum(prefix = "KVM_ARM_TARGET_", fields = "kvm_vcpu_init.target")
    interface VcpuTargetSpec {}

    /** What a vCPU has. */
    @FlagEnum(
            macros = {
                "KVM_ARM_VCPU_POWER_OFF",
                "KVM_ARM_VCPU_EL1_32BIT",
                "KVM_ARM_VCPU_PSCI_0_2",
                "KVM_ARM_VCPU_PMU_V3",
                "KVM_ARM_VCPU_SVE",
                "KVM_ARM_VCPU_PTRAUTH_ADDRESS",
                "KVM_ARM_VCPU_PTRAUTH_GENERIC",
                "KVM_ARM_VCPU_HAS_EL2",
                "KVM_ARM_VCPU_HAS_EL2_E2H0"
            },
            numbered = true,
            fields = "kvm_vcpu_init.features[0]")
    interface VcpuFeatureSpec {}

    /** How a guest is debugged. */
    @FlagEnum(prefix = "KVM_GUESTDBG_", fields = "kvm_guest_debug.control")
    interface GuestDebugFlagSpec {}

    /** What of a debug exit's syndrome is known. */
    @FlagEnum(
            prefix = "KVM_DEBUG_ARCH_",
            tagged = @TaggedField(value = "kvm_run.flags", when = "exit_reason is KVM_EXIT_DEBUG"))
    interface DebugExitFlagSpec {}

    /** The in-kernel devices whose interrupt lines userspace sees. */
    @FlagEnum(prefix = "KVM_ARM_DEV_", fields = "kvm_sync_regs.device_irq_level")
    interface DeviceIrqSpec {}

    /** Why a vCPU did not enter the guest. */
    @FlagEnum(prefix = "KVM_EXIT_FAIL_ENTRY_", fields = "kvm_run.fail_entry.hardware_entry_failure_reason")
    interface EntryFailureSpec {}

    /** How the guest made a hypercall. */
    @FlagEnum(prefix = "KVM_HYPERCALL_EXIT_", fields = "kvm_run.hypercall.flags")
    interface HypercallFlagSpec {}

    /** How the guest asked for a reset. */
    @FlagEnum(
            prefix = "KVM_SYSTEM_EVENT_RESET_FLAG_",
            tagged = @TaggedField(value = "kvm_run.system_event.flags", when = "type is KVM_SYSTEM_EVENT_RESET"))
    interface ResetFlagSpec {}

    /** How the guest asked to be shut down. */
    @FlagEnum(
            prefix = "KVM_SYSTEM_EVENT_SHUTDOWN_FLAG_",
            tagged = @TaggedField(value = "kvm_run.system_event.flags", when = "type is KVM_SYSTEM_EVENT_SHUTDOWN"))
    interface ShutdownFlagSpec {}

    /** What becomes of the calls of a range. */
    @ValueEnum(prefix = "KVM_SMCCC_FILTER_", fields = "kvm_smccc_filter.action")
    interface SmcccFilterActionSpec {}

    /** Whether a filter of performance events allows those that it names. */
    @ValueEnum(prefix = "KVM_PMU_EVENT_", fields = "kvm_pmu_event_filter.action")
    interface PmuEventActionSpec {}

    /** Which way memory tags are copied. */
    @ValueEnum(prefix = "KVM_ARM_TAGS_", fields = "kvm_arm_copy_mte_tags.flags")
    interface TagCopySpec {}

    /** The ranges of id registers whose writable bits can be asked for. */
    @ValueEnum(macros = "KVM_ARM_FEATURE_ID_RANGE", fields = "reg_mask_range.range")
    interface RegisterRangeSpec {}

    /** Whose interrupt a line is. */
    @ValueEnum(
            macros = {"KVM_ARM_IRQ_TYPE_CPU", "KVM_ARM_IRQ_TYPE_SPI", "KVM_ARM_IRQ_TYPE_PPI"},
            fields = "kvm_irq_level.irq",
            mask = "KVM_ARM_IRQ_TYPE_MASK",
            shift = "KVM_ARM_IRQ_TYPE_SHIFT")
    interface IrqTypeSpec {}

    /** The interrupt lines of a vCPU whose interrupt controller is not in the kernel. */
    @ValueEnum(
            prefix = "KVM_ARM_IRQ_CPU_",
            tagged = @TaggedField(value = "kvm_irq_level.irq", when = "the type is KVM_ARM_IRQ_TYPE_CPU"),
            mask = "KVM_ARM_IRQ_NUM_MASK",
            shift = "KVM_ARM_IRQ_NUM_SHIFT")
    interface CpuIrqSpec {}

    /** The functions of PSCI 0.1. */
    @ValueEnum(prefix = "KVM_PSCI_FN_", except = "KVM_PSCI_FN_BASE", elsewhere = "a guest's register r0 at its call")
    interface PsciFunctionSpec {}

    /** What the functions of PSCI 0.1 return. */
    @ValueEnum(prefix = "KVM_PSCI_RET_", elsewhere = "a guest's register r0 after its call")
    interface PsciResultSpec {}
}
