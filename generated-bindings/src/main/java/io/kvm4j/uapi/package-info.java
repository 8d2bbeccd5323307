/**
 * The KVM uapi as it is on every architecture: views of the structs of {@code linux/kvm.h}, its constants, its ioctls by
 * kind of file descriptor, and the exits of a vCPU. All but the ioctl interfaces and a few support classes is generated
 * from the headers.
 */
@NullMarked
@UapiPackage(
        headers = "linux/kvm.h",
        constants = "KvmConstants",
        neutral = "kvm_run",
        flexibleArrays = {
            @FlexibleArray(struct = "kvm_signal_mask", count = "len"),
            @FlexibleArray(struct = "kvm_irq_routing", count = "nr"),
            @FlexibleArray(struct = "kvm_reg_list", count = "n")
        })
@Unclaimed(
        reason =
                "the ioctls that a small VM does without have no method yet; KvmConstants and IoctlCall.call reach them",
        value = {
            "KVM_ARM_SET_DEVICE_ADDR",
            "KVM_ARM_VCPU_FINALIZE",
            "KVM_CLEAR_DIRTY_LOG",
            "KVM_CREATE_GUEST_MEMFD",
            "KVM_CREATE_PIT",
            "KVM_CREATE_PIT2",
            "KVM_DIRTY_TLB",
            "KVM_GET_CLOCK",
            "KVM_GET_DIRTY_LOG",
            "KVM_GET_MP_STATE",
            "KVM_GET_NR_MMU_PAGES",
            "KVM_GET_ONE_REG",
            "KVM_GET_REG_LIST",
            "KVM_GET_STATS_FD",
            "KVM_GET_TSC_KHZ",
            "KVM_INTERRUPT",
            "KVM_IOEVENTFD",
            "KVM_IRQFD",
            "KVM_IRQ_LINE_STATUS",
            "KVM_KVMCLOCK_CTRL",
            "KVM_MEMORY_ENCRYPT_OP",
            "KVM_MEMORY_ENCRYPT_REG_REGION",
            "KVM_MEMORY_ENCRYPT_UNREG_REGION",
            "KVM_NMI",
            "KVM_PPC_ALLOCATE_HTAB",
            "KVM_PPC_SVM_OFF",
            "KVM_PRE_FAULT_MEMORY",
            "KVM_REGISTER_COALESCED_MMIO",
            "KVM_REINJECT_CONTROL",
            "KVM_RESET_DIRTY_RINGS",
            "KVM_S390_CLEAR_RESET",
            "KVM_S390_ENABLE_SIE",
            "KVM_S390_INITIAL_RESET",
            "KVM_S390_KEYOP",
            "KVM_S390_NORMAL_RESET",
            "KVM_S390_STORE_STATUS",
            "KVM_S390_VCPU_FAULT",
            "KVM_SET_BOOT_CPU_ID",
            "KVM_SET_CLOCK",
            "KVM_SET_GSI_ROUTING",
            "KVM_SET_MEMORY_ATTRIBUTES",
            "KVM_SET_MP_STATE",
            "KVM_SET_NR_MMU_PAGES",
            "KVM_SET_ONE_REG",
            "KVM_SET_SIGNAL_MASK",
            "KVM_SET_TSC_KHZ",
            "KVM_SET_VAPIC_ADDR",
            "KVM_SIGNAL_MSI",
            "KVM_SMI",
            "KVM_TPR_ACCESS_REPORTING",
            "KVM_TRANSLATE",
            "KVM_UNREGISTER_COALESCED_MMIO",
            "KVM_X86_GET_MCE_CAP_SUPPORTED",
            "KVM_X86_SETUP_MCE",
            "KVM_XEN_HVM_EVTCHN_SEND"
        })
package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.FlexibleArray;
import io.kvm4j.processor.annotations.UapiPackage;
import io.kvm4j.processor.annotations.Unclaimed;
import org.jspecify.annotations.NullMarked;
