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
        reason = "only s390 (KVM_S390_*) or PowerPC (KVM_PPC_*, KVM_DIRTY_TLB) handles it; Linux 7.2"
                + " handles KVM_GET_NR_MMU_PAGES nowhere",
        value = {
            "KVM_DIRTY_TLB",
            "KVM_GET_NR_MMU_PAGES",
            "KVM_PPC_ALLOCATE_HTAB",
            "KVM_PPC_SVM_OFF",
            "KVM_S390_CLEAR_RESET",
            "KVM_S390_ENABLE_SIE",
            "KVM_S390_INITIAL_RESET",
            "KVM_S390_KEYOP",
            "KVM_S390_NORMAL_RESET",
            "KVM_S390_STORE_STATUS",
            "KVM_S390_VCPU_FAULT"
        })
package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.FlexibleArray;
import io.kvm4j.processor.annotations.UapiPackage;
import io.kvm4j.processor.annotations.Unclaimed;
import org.jspecify.annotations.NullMarked;
