package io.kvm4j.cli.info;

import io.kvm4j.FaultVariant;
import io.kvm4j.uapi.UapiValue;
import io.kvm4j.uapi.proposals.memory_fault_nowait_v2.ProposedCapability;
import java.util.List;

/** The proposals that {@code kvm4j info} can tell of. */
enum Proposal {
    MEMORY_FAULT_NOWAIT_V2(FaultVariant.MEMORY_FAULT_NOWAIT_V2);

    private final FaultVariant variant;

    Proposal(FaultVariant variant) {
        this.variant = variant;
    }

    /** How a kernel with the proposal reports memory faults. */
    FaultVariant variant() {
        return variant;
    }

    /** The capabilities that the proposal adds. */
    List<? extends UapiValue> capabilities() {
        return switch (this) {
            case MEMORY_FAULT_NOWAIT_V2 -> ProposedCapability.known();
        };
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return variant.toString();
    }
}
