package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.TaggedField;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of 64-bit Arm's device attributes. */
interface Arm64DeviceEnums {
    /** The attribute groups of interrupt controllers. */
    @ValueEnum(
            prefix = "KVM_DEV_ARM_VGIC_GRP_",
            tagged = @TaggedField(value = "kvm_device_attr.group", when = "the device is an interrupt controller"))
    interface VgicGroupSpec {}

    /** The parts of interrupt controllers that have addresses. */
    @ValueEnum(
            macros = {
                "KVM_VGIC_V2_ADDR_TYPE_DIST",
                "KVM_VGIC_V2_ADDR_TYPE_CPU",
                "KVM_VGIC_V3_ADDR_TYPE_DIST",
                "KVM_VGIC_V3_ADDR_TYPE_REDIST",
                "KVM_VGIC_ITS_ADDR_TYPE",
                "KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION"
            },
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_DEV_ARM_VGIC_GRP_ADDR"))
    interface VgicAddressTypeSpec {}

    /** What interrupt controllers can be told to do. */
    @ValueEnum(
            macros = {
                "KVM_DEV_ARM_VGIC_CTRL_INIT",
                "KVM_DEV_ARM_ITS_SAVE_TABLES",
                "KVM_DEV_ARM_ITS_RESTORE_TABLES",
                "KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES",
                "KVM_DEV_ARM_ITS_CTRL_RESET",
                "KVM_DEV_ARM_VGIC_USERSPACE_PPIS"
            },
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_DEV_ARM_VGIC_GRP_CTRL"))
    interface VgicControlSpec {}

    /** What of the levels of interrupt lines is asked for, in the bits above the number of the first line. */
    @ValueEnum(
            prefix = "VGIC_LEVEL_INFO_",
            elsewhere = "kvm_device_attr.attr from bit 10 on, when group is KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO")
    interface VgicLevelInfoSpec {}

    /** The attribute groups of a VM. */
    @ValueEnum(
            macros = "KVM_ARM_VM_SMCCC_CTRL",
            tagged = @TaggedField(value = "kvm_device_attr.group", when = "the descriptor is that of a VM"))
    interface VmAttributeGroupSpec {}

    /** The attributes of a VM about calls of the firmware. */
    @ValueEnum(
            macros = "KVM_ARM_VM_SMCCC_FILTER",
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_ARM_VM_SMCCC_CTRL"))
    interface SmcccAttributeSpec {}

    /** The attribute groups of a vCPU. */
    @ValueEnum(
            macros = {"KVM_ARM_VCPU_PMU_V3_CTRL", "KVM_ARM_VCPU_TIMER_CTRL", "KVM_ARM_VCPU_PVTIME_CTRL"},
            tagged = @TaggedField(value = "kvm_device_attr.group", when = "the descriptor is that of a vCPU"))
    interface VcpuAttributeGroupSpec {}

    /** The attributes of a vCPU's performance monitor. */
    @ValueEnum(
            prefix = "KVM_ARM_VCPU_PMU_V3_",
            except = "KVM_ARM_VCPU_PMU_V3_CTRL",
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_ARM_VCPU_PMU_V3_CTRL"))
    interface PmuAttributeSpec {}

    /** The attributes of a vCPU's timers. */
    @ValueEnum(
            prefix = "KVM_ARM_VCPU_TIMER_IRQ_",
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_ARM_VCPU_TIMER_CTRL"))
    interface TimerAttributeSpec {}

    /** The attributes of a vCPU's paravirtual time. */
    @ValueEnum(
            prefix = "KVM_ARM_VCPU_PVTIME_IPA",
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_ARM_VCPU_PVTIME_CTRL"))
    interface PvtimeAttributeSpec {}
}
