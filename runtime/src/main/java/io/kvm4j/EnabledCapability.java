package io.kvm4j;

import io.kvm4j.uapi.Capability;
import java.util.List;
import java.util.stream.LongStream;

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

    /** Makes one of what {@link Vm#enableCap} or {@link Vcpu#enableCap} was called with. */
    static EnabledCapability of(Capability capability, long... arguments) {
        return new EnabledCapability(
                capability, LongStream.of(arguments).boxed().toList());
    }

    /** The arguments, for {@link Vm#enableCap} or {@link Vcpu#enableCap}. */
    public long[] argumentArray() {
        return arguments.stream().mapToLong(Long::longValue).toArray();
    }

    /** Adds it to a list, in place of an earlier one of the same capability. */
    void addTo(List<EnabledCapability> enabled) {
        enabled.removeIf(earlier -> earlier.capability.number() == capability.number());
        enabled.add(this);
    }
}
