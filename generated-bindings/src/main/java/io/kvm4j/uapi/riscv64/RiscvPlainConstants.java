package io.kvm4j.uapi.riscv64;

import io.kvm4j.processor.annotations.Plain;
import io.kvm4j.processor.annotations.PlainConstants;

/** The constants of 64-bit RISC-V's {@code asm/kvm.h} that no enum should have. */
@PlainConstants({
    @Plain(
            reason = "sizes, counts and page offsets",
            prefixes = {"KVM_DEV_RISCV_APLIC_", "KVM_DEV_RISCV_IMSIC_"},
            constants = {"KVM_COALESCED_MMIO_PAGE_OFFSET", "KVM_DIRTY_LOG_PAGE_OFFSET", "KVM_NR_IRQCHIPS"}),
    @Plain(
            reason = "bounds of what can be configured of the AIA",
            constants = {
                "KVM_DEV_RISCV_AIA_ADDR_MAX",
                "KVM_DEV_RISCV_AIA_GROUP_BITS_MAX",
                "KVM_DEV_RISCV_AIA_GROUP_SHIFT_MAX",
                "KVM_DEV_RISCV_AIA_GROUP_SHIFT_MIN",
                "KVM_DEV_RISCV_AIA_GUEST_BITS_MAX",
                "KVM_DEV_RISCV_AIA_HART_BITS_MAX",
                "KVM_DEV_RISCV_AIA_IDS_MAX",
                "KVM_DEV_RISCV_AIA_IDS_MIN",
                "KVM_DEV_RISCV_AIA_SRCS_MAX"
            }),
    @Plain(reason = "the parts of an attribute of the AIA", prefixes = "KVM_DEV_RISCV_AIA_IMSIC_ISEL_"),
    @Plain(
            reason = "the first number beyond an enum, which moves with each kernel",
            constants = {"KVM_RISCV_ISA_EXT_MAX", "KVM_RISCV_SBI_EXT_MAX"}),
    @Plain(reason = "parts of the ids of registers", prefixes = "KVM_REG_RISCV_")
})
interface RiscvPlainConstants {}
