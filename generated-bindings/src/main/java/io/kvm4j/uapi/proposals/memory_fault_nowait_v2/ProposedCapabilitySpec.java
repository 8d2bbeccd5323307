package io.kvm4j.uapi.proposals.memory_fault_nowait_v2;

import io.kvm4j.processor.annotations.ValueEnum;

/** The capabilities that the proposal adds. */
@ValueEnum(prefix = "KVM_CAP_", elsewhere = "the argument of KVM_CHECK_EXTENSION")
interface ProposedCapabilitySpec {}
