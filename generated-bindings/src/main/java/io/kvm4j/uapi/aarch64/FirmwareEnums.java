package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of the registers by which a VM's firmware is set up: what {@code KVM_GET_ONE_REG} reads of them. */
interface FirmwareEnums {
    /** How the first class of speculation attacks is kept off. */
    @ValueEnum(
            prefix = "KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_",
            elsewhere = "the register KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1")
    interface Workaround1Spec {}

    /** How the second class of speculation attacks is kept off; {@link Workaround2Flag} may be set besides. */
    @ValueEnum(
            prefix = "KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_",
            except = "KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_ENABLED",
            elsewhere = "the register KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2")
    interface Workaround2Spec {}

    /** Whether the vCPU has turned the second workaround on. */
    @FlagEnum(
            macros = "KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_ENABLED",
            elsewhere = "the register KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2")
    interface Workaround2FlagSpec {}

    /** How the third class of speculation attacks is kept off. */
    @ValueEnum(
            prefix = "KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_",
            elsewhere = "the register KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3")
    interface Workaround3Spec {}

    /** The standard services that the firmware has. */
    @FlagEnum(prefix = "KVM_REG_ARM_STD_BIT_", numbered = true, elsewhere = "the register KVM_REG_ARM_STD_BMAP")
    interface StandardServiceSpec {}

    /** The standard hypervisor services that the firmware has. */
    @FlagEnum(prefix = "KVM_REG_ARM_STD_HYP_BIT_", numbered = true, elsewhere = "the register KVM_REG_ARM_STD_HYP_BMAP")
    interface HypervisorServiceSpec {}

    /** KVM's own services that the firmware has, those with low numbers. */
    @FlagEnum(
            macros = {"KVM_REG_ARM_VENDOR_HYP_BIT_FUNC_FEAT", "KVM_REG_ARM_VENDOR_HYP_BIT_PTP"},
            numbered = true,
            elsewhere = "the register KVM_REG_ARM_VENDOR_HYP_BMAP")
    interface VendorServiceSpec {}

    /** KVM's own services that the firmware has, those with high numbers. */
    @FlagEnum(
            prefix = "KVM_REG_ARM_VENDOR_HYP_BIT_DISCOVER_",
            numbered = true,
            elsewhere = "the register KVM_REG_ARM_VENDOR_HYP_BMAP_2")
    interface HighVendorServiceSpec {}
}
