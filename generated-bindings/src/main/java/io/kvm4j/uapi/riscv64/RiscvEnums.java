package io.kvm4j.uapi.riscv64;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.TaggedField;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of 64-bit RISC-V. */
interface RiscvEnums {
    /** What becomes of a vCPU's external interrupt. */
    @ValueEnum(prefix = "KVM_INTERRUPT_", fields = "kvm_interrupt.irq")
    interface InterruptLevelSpec {}

    /** Why a vCPU did not enter the guest. */
    @FlagEnum(prefix = "KVM_EXIT_FAIL_ENTRY_", fields = "kvm_run.fail_entry.hardware_entry_failure_reason")
    interface EntryFailureSpec {}

    /** How a guest is debugged. */
    @FlagEnum(prefix = "KVM_GUESTDBG_", fields = "kvm_guest_debug.control")
    interface GuestDebugFlagSpec {}

    /** The privilege mode of a vCPU. */
    @ValueEnum(prefix = "KVM_RISCV_MODE_", fields = "kvm_riscv_core.mode")
    interface PrivilegeModeSpec {}

    /** Whether a vCPU's timer counts. */
    @ValueEnum(prefix = "KVM_RISCV_TIMER_STATE_", fields = "kvm_riscv_timer.state")
    interface TimerStateSpec {}

    /** The extensions of the instruction set, as KVM numbers them. */
    @ValueEnum(
            prefix = "KVM_RISCV_ISA_EXT_",
            except = "KVM_RISCV_ISA_EXT_MAX",
            elsewhere = "the low part of the id of a register under KVM_REG_RISCV_ISA_EXT")
    interface IsaExtensionSpec {}

    /** The extensions of the supervisor's binary interface, as KVM numbers them. */
    @ValueEnum(
            prefix = "KVM_RISCV_SBI_EXT_",
            except = "KVM_RISCV_SBI_EXT_MAX",
            elsewhere = "the low part of the id of a register under KVM_REG_RISCV_SBI_EXT")
    interface SbiExtensionSpec {}

    /** The attribute groups of the interrupt controller AIA. */
    @ValueEnum(
            prefix = "KVM_DEV_RISCV_AIA_GRP_",
            tagged = @TaggedField(value = "kvm_device_attr.group", when = "the device is a KVM_DEV_TYPE_RISCV_AIA"))
    interface AiaGroupSpec {}

    /** What of the AIA is configured. */
    @ValueEnum(
            prefix = "KVM_DEV_RISCV_AIA_CONFIG_",
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_DEV_RISCV_AIA_GRP_CONFIG"))
    interface AiaConfigSpec {}

    /** The parts of the AIA that have addresses; those of the vCPUs follow. */
    @ValueEnum(
            macros = "KVM_DEV_RISCV_AIA_ADDR_APLIC",
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_DEV_RISCV_AIA_GRP_ADDR"))
    interface AiaAddressSpec {}

    /** What the AIA can be told to do. */
    @ValueEnum(
            prefix = "KVM_DEV_RISCV_AIA_CTRL_",
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_DEV_RISCV_AIA_GRP_CTRL"))
    interface AiaControlSpec {}

    /** How the AIA's message-signalled interrupts are done. */
    @ValueEnum(
            prefix = "KVM_DEV_RISCV_AIA_MODE_",
            elsewhere = "the value of the attribute KVM_DEV_RISCV_AIA_CONFIG_MODE")
    interface AiaModeSpec {}
}
