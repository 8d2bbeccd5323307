package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.ValueEnum;

/** The capabilities that {@code KVM_CHECK_EXTENSION} can be asked for. */
@ValueEnum(prefix = "KVM_CAP_")
interface CapabilitySpec {}
