package io.kvm4j.processor.resolve;

import io.kvm4j.processor.model.Descriptor;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.model.ExitUnion;
import java.util.List;

/**
 * What specs generate, resolved and bound to each other. What could not be is left out, and reported.
 *
 * @param bindings the packages, whose views have accessors of the enums' types
 * @param enums the enums, those of exit reasons left out
 * @param exits the unions of exits
 * @param ioctls the implementations of interfaces of ioctls
 */
public record BoundSpecs(Bindings bindings, List<EnumType> enums, List<ExitUnion> exits, List<Ioctls> ioctls) {
    public BoundSpecs {
        enums = List.copyOf(enums);
        exits = List.copyOf(exits);
        ioctls = List.copyOf(ioctls);
    }

    /**
     * The implementation of one interface.
     *
     * @param descriptor the implementation
     * @param seen the bindings as the interface's package sees them
     */
    public record Ioctls(Descriptor descriptor, Bindings seen) {}

    /** Returns the enums of exit reasons. */
    public List<EnumType.Values> reasons() {
        return exits.stream().map(ExitUnion::reasons).toList();
    }
}
