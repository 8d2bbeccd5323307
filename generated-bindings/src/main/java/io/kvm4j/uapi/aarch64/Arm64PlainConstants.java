package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.Plain;
import io.kvm4j.processor.annotations.PlainConstants;

/** The constants of 64-bit Arm's {@code asm/kvm.h} that no enum should have. */
@PlainConstants({
    @Plain(
            reason = "sizes, counts and page offsets",
            prefixes = "KVM_ARM64_SVE_",
            constants = {
                "KVM_ARM_FEATURE_ID_RANGE_SIZE",
                "KVM_ARM_IRQ_GIC_MAX",
                "KVM_ARM_MAX_DBG_REGS",
                "KVM_ARM_NUM_TARGETS",
                "KVM_COALESCED_MMIO_PAGE_OFFSET",
                "KVM_DIRTY_LOG_PAGE_OFFSET",
                "KVM_NR_IRQCHIPS",
                "KVM_NR_SPSR",
                "KVM_VGIC_V2_CPU_SIZE",
                "KVM_VGIC_V2_DIST_SIZE"
            }),
    @Plain(
            reason = "masks and positions of the parts of a field or an attribute",
            constants = {
                "KVM_ARM_DEVICE_ID_SHIFT",
                "KVM_ARM_DEVICE_TYPE_SHIFT",
                "KVM_ARM_IRQ_NUM_MASK",
                "KVM_ARM_IRQ_NUM_SHIFT",
                "KVM_ARM_IRQ_TYPE_MASK",
                "KVM_ARM_IRQ_TYPE_SHIFT",
                "KVM_ARM_IRQ_VCPU2_MASK",
                "KVM_ARM_IRQ_VCPU2_SHIFT",
                "KVM_ARM_IRQ_VCPU_MASK",
                "KVM_ARM_IRQ_VCPU_SHIFT",
                "KVM_DEV_ARM_VGIC_CPUID_MASK",
                "KVM_DEV_ARM_VGIC_CPUID_SHIFT",
                "KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_MASK",
                "KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_SHIFT",
                "KVM_DEV_ARM_VGIC_LINE_LEVEL_INTID_MASK",
                "KVM_DEV_ARM_VGIC_OFFSET_MASK",
                "KVM_DEV_ARM_VGIC_OFFSET_SHIFT",
                "KVM_DEV_ARM_VGIC_SYSREG_INSTR_MASK",
                "KVM_DEV_ARM_VGIC_V3_MPIDR_MASK",
                "KVM_DEV_ARM_VGIC_V3_MPIDR_SHIFT"
            }),
    @Plain(
            reason = "the only device of KVM_ARM_SET_DEVICE_ADDR, the upper part of an id",
            constants = "KVM_ARM_DEVICE_VGIC_V2"),
    @Plain(reason = "the number that those of PSCI 0.1's functions are counted from", constants = "KVM_PSCI_FN_BASE"),
    @Plain(reason = "indices of kvm_regs.spsr", prefixes = "KVM_SPSR_"),
    @Plain(
            reason = "ids of registers, and their parts",
            prefixes = {
                "KVM_REG_ARM64_SVE",
                "KVM_REG_ARM64_SYSREG",
                "KVM_REG_ARM_COPROC_",
                "KVM_REG_ARM_CORE",
                "KVM_REG_ARM_DEMUX",
                "KVM_REG_ARM_FW",
                "KVM_REG_ARM_PTIMER_",
                "KVM_REG_ARM_TIMER_"
            },
            constants = {
                "KVM_REG_ARM_PSCI_VERSION",
                "KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1",
                "KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2",
                "KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3",
                "KVM_REG_ARM_STD_BMAP",
                "KVM_REG_ARM_STD_HYP_BMAP",
                "KVM_REG_ARM_VENDOR_HYP_BMAP",
                "KVM_REG_ARM_VENDOR_HYP_BMAP_2"
            })
})
interface Arm64PlainConstants {}
