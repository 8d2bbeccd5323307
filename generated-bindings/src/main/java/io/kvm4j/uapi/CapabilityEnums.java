package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.TaggedField;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of capabilities, and of what turns them on: the arguments of {@code KVM_ENABLE_CAP}. */
interface CapabilityEnums {
    /** The capabilities that {@code KVM_CHECK_EXTENSION} can be asked for. */
    @ValueEnum(prefix = "KVM_CAP_", fields = "kvm_enable_cap.cap", arguments = "KVM_CHECK_EXTENSION")
    interface CapabilitySpec {}

    /** What an x86 guest may do without an exit. */
    @FlagEnum(
            prefix = "KVM_X86_DISABLE_EXITS_",
            tagged = @TaggedField(value = "kvm_enable_cap.args[0]", when = "cap is KVM_CAP_X86_DISABLE_EXITS"))
    interface DisabledExitSpec {}

    /** What becomes of a guest that locks the bus. */
    @FlagEnum(
            prefix = "KVM_BUS_LOCK_DETECTION_",
            tagged = @TaggedField(value = "kvm_enable_cap.args[0]", when = "cap is KVM_CAP_X86_BUS_LOCK_EXIT"))
    interface BusLockDetectionModeSpec {}

    /** How guests that block exits for too long are noticed: the low half, the upper one being the window. */
    @FlagEnum(
            prefix = "KVM_X86_NOTIFY_VMEXIT_",
            tagged = @TaggedField(value = "kvm_enable_cap.args[0]", when = "cap is KVM_CAP_X86_NOTIFY_VMEXIT"))
    interface NotifyVmexitFlagSpec {}

    /** What a VM does without of performance monitoring. */
    @FlagEnum(
            prefix = "KVM_PMU_CAP_",
            tagged = @TaggedField(value = "kvm_enable_cap.args[0]", when = "cap is KVM_CAP_PMU_CAPABILITY"))
    interface PmuCapabilitySpec {}

    /** How dirty pages are protected again. */
    @FlagEnum(
            macros = {"KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE", "KVM_DIRTY_LOG_INITIALLY_SET"},
            tagged = @TaggedField(value = "kvm_enable_cap.args[0]", when = "cap is KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2"))
    interface DirtyLogProtectFlagSpec {}
}
