package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.Plain;
import io.kvm4j.processor.annotations.PlainConstants;

/** The constants of {@code linux/kvm.h} that no enum should have. */
@PlainConstants({
    @Plain(
            reason = "the version of the API, and the type byte of its ioctls",
            constants = {"KVM_API_VERSION", "KVMIO"}),
    @Plain(
            reason = "masks of all flags of an enum, or of a part of a field",
            constants = {
                "KVM_DIRTY_GFN_F_MASK",
                "KVM_IOEVENTFD_VALID_FLAG_MASK",
                "KVM_MSR_EXIT_REASON_VALID_MASK",
                "KVM_STATS_BASE_MASK",
                "KVM_STATS_TYPE_MASK",
                "KVM_STATS_UNIT_MASK",
                "KVM_VM_TYPE_ARM_IPA_SIZE_MASK",
                "KVM_VM_TYPE_ARM_MASK"
            }),
    @Plain(
            reason = "positions of the parts of a field",
            constants = {"KVM_STATS_BASE_SHIFT", "KVM_STATS_TYPE_SHIFT", "KVM_STATS_UNIT_SHIFT"}),
    @Plain(
            reason = "the last number of an enum, or the first beyond it, which moves with each kernel",
            constants = {
                "KVM_DEV_TYPE_MAX",
                "KVM_STATS_BASE_MAX",
                "KVM_STATS_TYPE_MAX",
                "KVM_STATS_UNIT_MAX",
                "kvm_ioeventfd_flag_nr_max"
            }),
    @Plain(reason = "numbers of the bits that KVM_IOEVENTFD_FLAG_* are", prefixes = "kvm_ioeventfd_flag_nr_"),
    @Plain(
            reason = "older names of KVM_DEV_VFIO_FILE and what can be done with one",
            constants = {"KVM_DEV_VFIO_GROUP", "KVM_DEV_VFIO_GROUP_ADD", "KVM_DEV_VFIO_GROUP_DEL"}),
    @Plain(
            reason = "parts of the ids of registers, whose upper half names architecture and size",
            constants = {"KVM_REG_ARCH_MASK", "KVM_REG_GENERIC", "KVM_REG_SIZE_MASK", "KVM_REG_SIZE_SHIFT"},
            prefixes = {
                "KVM_REG_SIZE_U",
                "KVM_REG_ARM",
                "KVM_REG_IA64",
                "KVM_REG_LOONGARCH",
                "KVM_REG_MIPS",
                "KVM_REG_PPC",
                "KVM_REG_RISCV",
                "KVM_REG_S390",
                "KVM_REG_X86"
            }),
    @Plain(
            reason = "sizes and page offsets",
            constants = {"KVM_S390_SIE_PAGE_OFFSET", "KVM_S390_SKEYS_MAX", "SYNC_REGS_SIZE_BYTES"}),
    @Plain(
            reason = "machine types of s390, POWER and MIPS, whose VMs these bindings cannot make",
            prefixes = {"KVM_VM_S390_", "KVM_VM_PPC_", "KVM_VM_MIPS_"}),
    @Plain(
            reason = "what ioctls of s390 return, and addresses that are none",
            constants = {"KVM_S390_GET_SKEYS_NONE", "KVM_S390_STORE_STATUS_NOADDR", "KVM_S390_STORE_STATUS_PREFIXED"})
})
interface KvmPlainConstants {}
