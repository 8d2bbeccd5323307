/*
 * What the series that proposed KVM_CAP_EXIT_ON_MISSING (seventh version, February 2024) would have added to linux/kvm.h
 * of its time, in our own words. It was never merged: mainline gave the capability's number another meaning.
 *
 * A memory slot with KVM_MEM_EXIT_ON_MISSING makes KVM_RUN fail with EFAULT, instead of waiting in the kernel, when the
 * guest touches a page that the host's page tables do not map. What happened stands in the exit that mainline has for
 * it, KVM_EXIT_MEMORY_FAULT, with flags that mainline lacks.
 */
#ifndef KVM4J_PROPOSAL_EXIT_ON_MISSING_V7_H
#define KVM4J_PROPOSAL_EXIT_ON_MISSING_V7_H

/* Tells that slots may have KVM_MEM_EXIT_ON_MISSING; there is nothing to enable. */
#define KVM_CAP_EXIT_ON_MISSING 236

/* A flag of struct kvm_userspace_memory_region and of its successor; never together with KVM_MEM_READONLY. */
#define KVM_MEM_EXIT_ON_MISSING (1UL << 3)

/* What the guest wanted: bits of memory_fault.flags in struct kvm_run, beside KVM_MEMORY_EXIT_FLAG_PRIVATE. */
#define KVM_MEMORY_EXIT_FLAG_READ (1ULL << 0)
#define KVM_MEMORY_EXIT_FLAG_WRITE (1ULL << 1)
#define KVM_MEMORY_EXIT_FLAG_EXEC (1ULL << 2)

#endif
