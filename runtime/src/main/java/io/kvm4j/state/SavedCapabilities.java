package io.kvm4j.state;

import io.kvm4j.EnabledCapability;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmEnableCap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Capabilities that were turned on, as a part of a state. Only some can be: what a guest can notice, and takes numbers only.
 * Others take descriptors and addresses, or are the host's matter; a state that is read from a file turns on none of these.
 */
final class SavedCapabilities {
    static final String PART = "kvm_enable_cap";

    private final Set<Integer> allowed;

    SavedCapabilities(Capability... allowed) {
        this.allowed = Stream.of(allowed).map(Capability::number).collect(Collectors.toUnmodifiableSet());
    }

    /** Adds those that a state can have, and names the others as missing. */
    void save(List<EnabledCapability> enabled, StateImage.Builder state, Arena arena) {
        List<EnabledCapability> saved = new ArrayList<>();
        for (EnabledCapability one : enabled) {
            if (allowed.contains(one.capability().number())) {
                saved.add(one);
            } else {
                state.omit(one.capability().name(), "it depends on the host: turn it on again where it is wanted");
            }
        }
        if (!saved.isEmpty()) {
            state.add(PART, toStructs(saved, arena));
        }
    }

    private static MemorySegment toStructs(List<EnabledCapability> capabilities, Arena arena) {
        MemorySegment structs = arena.allocate(KvmEnableCap.LAYOUT, capabilities.size());
        for (int i = 0; i < capabilities.size(); i++) {
            EnabledCapability enabled = capabilities.get(i);
            KvmEnableCap struct = KvmEnableCap.within(structs, i * KvmEnableCap.LAYOUT.byteSize());
            struct.cap(enabled.capability().number());
            for (int argument = 0; argument < enabled.arguments().size(); argument++) {
                struct.args(argument, enabled.arguments().get(argument));
            }
        }
        return structs;
    }

    /**
     * Looks at the part of a state.
     *
     * @throws StateFormatException if it makes no sense, or names a capability that a state cannot turn on
     */
    List<EnabledCapability> of(StateImage image) {
        MemorySegment structs = image.parts().get(PART);
        if (structs == null) {
            return List.of();
        }
        long size = KvmEnableCap.LAYOUT.byteSize();
        if (structs.byteSize() % size != 0 || structs.byteSize() / size > allowed.size()) {
            throw new StateFormatException("%s has %d bytes in the %s, which are not up to %d structs of %d bytes"
                    .formatted(PART, structs.byteSize(), image.kind().description(), allowed.size(), size));
        }
        List<EnabledCapability> capabilities = new ArrayList<>();
        for (long at = 0; at < structs.byteSize(); at += size) {
            KvmEnableCap struct = KvmEnableCap.within(structs, at);
            if (!allowed.contains(struct.cap()) || struct.flags() != 0) {
                throw new StateFormatException("the %s turns on %s, which a state cannot"
                        .formatted(image.kind().description(), struct.capValue()));
            }
            capabilities.add(new EnabledCapability(
                    struct.capValue(), List.of(struct.args(0), struct.args(1), struct.args(2), struct.args(3))));
        }
        return capabilities;
    }
}
