/*
 * What the series "KVM: Introduce KVM_CAP_MEMORY_FAULT_NOWAIT" (second version, March 2023) would have added to
 * linux/kvm.h of its time, in our own words. It was never merged: mainline gave every number here another meaning.
 *
 * A memory slot with KVM_MEM_ABSENT_MAPPING_FAULT makes KVM_RUN return to user space, instead of waiting in the kernel,
 * when the guest touches a page that the host's page tables do not map.
 */
#ifndef KVM4J_PROPOSAL_MEMORY_FAULT_NOWAIT_V2_H
#define KVM4J_PROPOSAL_MEMORY_FAULT_NOWAIT_V2_H

#include <linux/types.h>

/* Tells that KVM_ENABLE_CAP, with reasons in args[0], turns on exits for them on x86. */
#define KVM_CAP_X86_MEMORY_FAULT_EXIT 227

/* Tells that slots may have KVM_MEM_ABSENT_MAPPING_FAULT. KVM_ENABLE_CAP refuses it with EINVAL. */
#define KVM_CAP_MEMORY_FAULT_NOWAIT 228

/* A flag of struct kvm_userspace_memory_region, beside those of linux/kvm.h. */
#define KVM_MEM_ABSENT_MAPPING_FAULT (1UL << 2)

/* The exit reason; struct kvm_memory_fault is its arm of struct kvm_run. On x86 KVM_RUN fails with EPERM then. */
#define KVM_EXIT_MEMORY_FAULT 38

/* Why memory was faulted: bits of flags, and of args[0] of KVM_CAP_X86_MEMORY_FAULT_EXIT. */
#define KVM_MEMFAULT_REASON_UNKNOWN (1 << 0)
#define KVM_MEMFAULT_REASON_ABSENT_MAPPING (1 << 1)

/* Guest memory from gpa on, len bytes of it. */
struct kvm_memory_fault {
	__u64 flags;
	__u64 gpa;
	__u64 len;
};

#endif
