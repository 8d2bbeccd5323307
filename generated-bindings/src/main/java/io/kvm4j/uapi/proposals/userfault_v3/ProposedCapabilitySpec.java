package io.kvm4j.uapi.proposals.userfault_v3;

import io.kvm4j.processor.annotations.ValueEnum;

/** The capability that the proposal adds. */
@ValueEnum(prefix = "KVM_CAP_")
interface ProposedCapabilitySpec {}
