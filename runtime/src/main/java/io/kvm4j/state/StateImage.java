package io.kvm4j.state;

import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a state consists of: the bytes of C structs by name, in the order in which they were saved, and what is missing. Its
 * methods give views of the structs once they have seen that the bytes are as many as these bindings expect.
 *
 * @param kind what it is the state of
 * @param headerSet the headers that the structs are from
 * @param architecture whose structs they are
 * @param parts native memory that can only be read, aligned for any struct
 * @param omissions what could not be saved
 */
record StateImage(
        StateKind kind,
        String headerSet,
        String architecture,
        SequencedMap<String, MemorySegment> parts,
        List<Omission> omissions) {
    static final String X86_64 = "x86_64";

    private static final long ALIGNMENT = 64;

    StateImage {
        parts = Collections.unmodifiableSequencedMap(parts);
        omissions = List.copyOf(omissions);
    }

    /** Refuses the state of another architecture, and what it has that would not be restored. */
    void requireKnown(String expected, Set<String> known) {
        if (!architecture.equals(expected)) {
            throw new StateFormatException(
                    "the %s is for %s, not %s".formatted(kind.description(), architecture, expected));
        }
        for (String part : parts.keySet()) {
            if (!known.contains(part)) {
                throw new StateFormatException("the %s, which is of %s, has %s, which %s does not know"
                        .formatted(kind.description(), headerSet, part, SavedState.BOUND_HEADERS));
            }
        }
    }

    /** A struct of a fixed size, null if the state lacks it. */
    <V> @Nullable V fixed(String name, GroupLayout layout, Function<MemorySegment, V> view) {
        MemorySegment part = parts.get(name);
        if (part == null) {
            return null;
        }
        if (part.byteSize() != layout.byteSize()) {
            throw sizeDiffers(name, part, layout);
        }
        return view.apply(part);
    }

    /** A struct that may have more than its fixed part, null if the state lacks it. */
    <V> @Nullable V atLeast(String name, GroupLayout layout, Function<MemorySegment, V> view) {
        MemorySegment part = parts.get(name);
        if (part == null) {
            return null;
        }
        if (part.byteSize() < layout.byteSize()) {
            throw sizeDiffers(name, part, layout);
        }
        return view.apply(part);
    }

    /** A struct that begins with the 32 bits that count the elements at its end, which every state has. */
    <V> V counted(String name, GroupLayout layout, GroupLayout element, Function<MemorySegment, V> view) {
        MemorySegment part = parts.get(name);
        if (part == null) {
            throw lacks(name);
        }
        if (part.byteSize() < layout.byteSize()) {
            throw sizeDiffers(name, part, layout);
        }
        long count = Integer.toUnsignedLong(part.get(ValueLayout.JAVA_INT, 0));
        if (part.byteSize() != layout.byteSize() + count * element.byteSize()) {
            throw new StateFormatException("%s has %d bytes in the %s, which are not the %d elements that it says"
                    .formatted(name, part.byteSize(), kind.description(), count));
        }
        return view.apply(part);
    }

    /** A number of 32 bits, null if the state lacks it. */
    @Nullable
    Integer number(String name) {
        MemorySegment part = parts.get(name);
        if (part == null) {
            return null;
        }
        if (part.byteSize() != Integer.BYTES) {
            throw new StateFormatException("%s is no number of 32 bits in the %s".formatted(name, kind.description()));
        }
        return part.get(ValueLayout.JAVA_INT, 0);
    }

    /** The numbers of a part that is nothing else, and that every state has. */
    MemorySegment elements(String name, ValueLayout element) {
        MemorySegment part = parts.get(name);
        if (part == null) {
            throw lacks(name);
        }
        if (part.byteSize() % element.byteSize() != 0) {
            throw new StateFormatException("%s has %d bytes in the %s, which are no numbers of %d bytes"
                    .formatted(name, part.byteSize(), kind.description(), element.byteSize()));
        }
        return part;
    }

    /** Refuses a state without a part that every one has. */
    <V> V present(String name, @Nullable V part) {
        if (part == null) {
            throw lacks(name);
        }
        return part;
    }

    private StateFormatException lacks(String name) {
        return new StateFormatException("the %s has no %s".formatted(kind.description(), name));
    }

    private StateFormatException sizeDiffers(String name, MemorySegment part, GroupLayout layout) {
        return new StateFormatException("%s has %d bytes in the %s, which is of %s, and %d in %s"
                .formatted(
                        name,
                        part.byteSize(),
                        kind.description(),
                        headerSet,
                        layout.byteSize(),
                        SavedState.BOUND_HEADERS));
    }

    /** A copy that can serve as a part. */
    static MemorySegment copyOf(MemorySegment bytes) {
        return Arena.ofAuto()
                .allocate(bytes.byteSize(), ALIGNMENT)
                .copyFrom(bytes)
                .asReadOnly();
    }

    /** Gathers the parts of a state. */
    static final class Builder {
        private final StateKind kind;
        private final SequencedMap<String, MemorySegment> parts = new LinkedHashMap<>();
        private final List<Omission> omissions = new ArrayList<>();

        Builder(StateKind kind) {
            this.kind = kind;
        }

        /** Adds a copy of a part. */
        void add(String name, MemorySegment bytes) {
            parts.put(name, copyOf(bytes));
        }

        /** Adds a number of 32 bits. */
        void add(String name, int number) {
            add(name, MemorySegment.ofArray(new int[] {number}));
        }

        void omit(String part, String reason) {
            omissions.add(new Omission(part, reason));
        }

        StateImage build() {
            return new StateImage(kind, SavedState.BOUND_HEADERS, X86_64, parts, omissions);
        }
    }
}
