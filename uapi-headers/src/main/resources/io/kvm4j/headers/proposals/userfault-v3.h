/*
 * What the series "KVM Userfault" (third version, June 2025) would have added to linux/kvm.h of its time, in our own
 * words. It was never merged: mainline gave the capability's number another meaning.
 *
 * A memory slot with KVM_MEM_USERFAULT has a bitmap in user space with one bit for each page of the guest. KVM_RUN fails
 * with EFAULT when the guest touches a page whose bit is set; the exit that mainline has for it, KVM_EXIT_MEMORY_FAULT,
 * then has a flag that mainline lacks. EFAULT without that exit means that the bitmap could not be read.
 */
#ifndef KVM4J_PROPOSAL_USERFAULT_V3_H
#define KVM4J_PROPOSAL_USERFAULT_V3_H

#include <linux/types.h>
#include <linux/ioctl.h>

/* Tells that slots may have KVM_MEM_USERFAULT; there is nothing to enable. */
#define KVM_CAP_USERFAULT 243

/* A flag of struct kvm_userspace_memory_region2, which says that its userfault_bitmap counts. */
#define KVM_MEM_USERFAULT (1UL << 3)

/* A bit of memory_fault.flags in struct kvm_run: the page's bit was set. */
#define KVM_MEMORY_EXIT_FLAG_USERFAULT (1ULL << 4)

/* As in linux/kvm.h, but for the bitmap's address, which takes the first of the words that are reserved there. */
struct kvm_userspace_memory_region2 {
	__u32 slot;
	__u32 flags;
	__u64 guest_phys_addr;
	__u64 memory_size;
	__u64 userspace_addr;
	__u64 guest_memfd_offset;
	__u32 guest_memfd;
	__u32 pad1;
	__u64 userfault_bitmap;
	__u64 pad2[13];
};

/* The number is mainline's, since the struct has kept its size. */
#define KVM_SET_USER_MEMORY_REGION2 _IOW(0xAE, 0x49, struct kvm_userspace_memory_region2)

#endif
