package io.kvm4j;

import io.kvm4j.uapi.Capability;
import java.util.List;

/**
 * A capability that was turned on: {@code struct kvm_enable_cap}.
 *
 * @param capability which
 * @param arguments the arguments that it was given, as its documentation says
 */
public record EnabledCapability(Capability capability, List<Long> arguments) {
    /** Copies the arguments. */
    public EnabledCapability {
        arguments = List.copyOf(arguments);
    }
}
