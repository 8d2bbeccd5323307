package io.kvm4j.uapi.proposals.memory_fault_nowait_v2;

import io.kvm4j.processor.annotations.FlagEnum;

/** Why KVM reports a memory fault, and for which reasons {@code KVM_CAP_X86_MEMORY_FAULT_EXIT} turns reports on. */
@FlagEnum(prefix = "KVM_MEMFAULT_REASON_", fields = "kvm_memory_fault.flags")
interface MemoryFaultReasonSpec {}
