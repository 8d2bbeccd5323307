package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of vCPUs. */
interface VcpuEnums {
    /** Whether a vCPU runs; not every architecture has every state. */
    @ValueEnum(prefix = "KVM_MP_STATE_", fields = "kvm_mp_state.mp_state")
    interface MpStateSpec {}
}
