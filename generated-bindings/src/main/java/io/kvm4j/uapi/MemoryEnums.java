package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of guest memory. */
interface MemoryEnums {
    /** What a memory slot is like. */
    @FlagEnum(
            prefix = "KVM_MEM_",
            fields = {"kvm_userspace_memory_region.flags", "kvm_userspace_memory_region2.flags"})
    interface MemoryRegionFlagSpec {}

    /** What a range of guest memory is. */
    @FlagEnum(prefix = "KVM_MEMORY_ATTRIBUTE_", fields = "kvm_memory_attributes.attributes")
    interface MemoryAttributeSpec {}

    /** What a guest_memfd can do; {@code KVM_CAP_GUEST_MEMFD_FLAGS} says which are supported. */
    @FlagEnum(prefix = "GUEST_MEMFD_FLAG_", fields = "kvm_create_guest_memfd.flags")
    interface GuestMemfdFlagSpec {}

    /** How far an entry of the dirty ring has come. */
    @FlagEnum(prefix = "KVM_DIRTY_GFN_F_", except = "KVM_DIRTY_GFN_F_MASK", fields = "kvm_dirty_gfn.flags")
    interface DirtyGfnFlagSpec {}

    /** The kind of MMU that a POWER guest's TLB is configured for. */
    @ValueEnum(prefix = "KVM_MMU_", fields = "kvm_config_tlb.mmu_type")
    interface TlbMmuTypeSpec {}

    /** What to do with the storage key of a page, on s390. */
    @ValueEnum(prefix = "KVM_S390_KEYOP_", fields = "kvm_s390_keyop.operation")
    interface StorageKeyOperationSpec {}
}
