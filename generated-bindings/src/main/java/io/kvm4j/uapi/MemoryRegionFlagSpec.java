package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.FlagEnum;

/** The flags of a memory slot: {@code flags} of {@code struct kvm_userspace_memory_region} and its successor. */
@FlagEnum(prefix = "KVM_MEM_", struct = "kvm_userspace_memory_region", field = "flags")
interface MemoryRegionFlagSpec {}
