package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.Plain;
import io.kvm4j.processor.annotations.PlainConstants;

/** The constants of x86_64's {@code asm/kvm.h} that no enum should have. */
@PlainConstants({
    @Plain(
            reason = "sizes, counts and page offsets",
            constants = {
                "KVM_APIC_REG_SIZE",
                "KVM_COALESCED_MMIO_PAGE_OFFSET",
                "KVM_DIRTY_LOG_PAGE_OFFSET",
                "KVM_IOAPIC_NUM_PINS",
                "KVM_MAX_XCRS",
                "KVM_MSR_FILTER_MAX_BITMAP_SIZE",
                "KVM_MSR_FILTER_MAX_RANGES",
                "KVM_NR_INTERRUPTS",
                "KVM_NR_IRQCHIPS",
                "KVM_PIO_PAGE_OFFSET",
                "KVM_SEV_SNP_FINISH_DATA_SIZE",
                "KVM_SEV_SNP_ID_AUTH_SIZE",
                "KVM_SEV_SNP_ID_BLOCK_SIZE",
                "KVM_STATE_NESTED_SVM_VMCB_SIZE",
                "KVM_STATE_NESTED_VMX_VMCS_SIZE"
            }),
    @Plain(
            reason = "masks of all flags of an enum, or of a part of a field",
            constants = {
                "KVM_HYPERV_CONN_ID_MASK",
                "KVM_MSR_FILTER_RANGE_VALID_MASK",
                "KVM_MSR_FILTER_VALID_MASK",
                "KVM_PMU_EVENT_FLAGS_VALID_MASK",
                "KVM_SYNC_X86_VALID_FIELDS"
            }),
    @Plain(
            reason = "the first number beyond an enum, which moves with each kernel",
            constants = {"KVM_SEV_NR_MAX", "KVM_TDX_CMD_NR_MAX"}),
    @Plain(reason = "the parts of an encoded performance event", prefixes = "KVM_PMU_MASKED_ENTRY_"),
    @Plain(
            reason = "parts of the ids of registers",
            constants = {"KVM_REG_GUEST_SSP", "KVM_X86_REG_TYPE_KVM", "KVM_X86_REG_TYPE_MSR"}),
    @Plain(
            reason = "addresses that are none, and a range of MSRs",
            constants = {"KVM_XEN_INVALID_GFN", "KVM_XEN_INVALID_GPA", "KVM_XEN_MSR_MAX_INDEX", "KVM_XEN_MSR_MIN_INDEX"
            })
})
interface X86PlainConstants {}
