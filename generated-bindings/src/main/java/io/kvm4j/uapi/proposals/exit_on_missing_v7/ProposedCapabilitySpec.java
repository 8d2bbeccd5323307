package io.kvm4j.uapi.proposals.exit_on_missing_v7;

import io.kvm4j.processor.annotations.ValueEnum;

/** The capability that the proposal adds. */
@ValueEnum(prefix = "KVM_CAP_")
interface ProposedCapabilitySpec {}
