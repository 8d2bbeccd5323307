package io.kvm4j.state;

import io.kvm4j.uapi.BoundHeaders;
import io.kvm4j.uapi.KvmConstants;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A saved state as bytes: immutable, and equal to another one whose bytes are. */
public abstract sealed class SavedState permits VcpuState, VmState {
    /** The header set of these bindings. */
    static final String BOUND_HEADERS = Objects.requireNonNull(KvmConstants.class.getAnnotation(BoundHeaders.class))
            .set();

    private final StateImage image;
    private final byte[] bytes;

    SavedState(StateImage image) {
        this.image = image;
        this.bytes = StateFormat.encode(image);
    }

    /** Reads a state that is all of {@code bytes}. */
    static <S> S parse(byte[] bytes, StateKind kind, Function<StateImage, S> made) {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        try {
            S state = made.apply(StateFormat.decode(kind, in));
            if (in.available() > 0) {
                throw new StateFormatException("%d bytes follow the %s".formatted(in.available(), kind.description()));
            }
            return state;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    StateImage image() {
        return image;
    }

    /** The bytes that {@code parse} takes. */
    public final byte[] toBytes() {
        return bytes.clone();
    }

    /** Writes the bytes that {@code readFrom} takes: it reads no more than these, so that other things may follow. */
    public final void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }

    /** The header set of the bindings that saved it, for example {@code linux-7.2}. */
    public final String headerSet() {
        return image.headerSet();
    }

    /** The architecture that it is for, for example {@code x86_64}. */
    public final String architecture() {
        return image.architecture();
    }

    /** What it consists of: mostly the C names of structs, in the order in which they were saved. */
    public final SequencedSet<String> parts() {
        return image.parts().sequencedKeySet();
    }

    /**
     * The bytes of a part, for a view of its struct: {@code KvmRegs.of(state.part("kvm_regs"))}. They are native memory, and
     * can only be read.
     *
     * @throws IllegalArgumentException if it has no such part
     */
    public final MemorySegment part(String name) {
        MemorySegment part = image.parts().get(name);
        if (part == null) {
            throw new IllegalArgumentException("no part %s among %s".formatted(name, parts()));
        }
        return part;
    }

    /** What could not be saved, and why. */
    public final List<Omission> omissions() {
        return image.omissions();
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof SavedState that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** What it is, for people. */
    @Override
    public final String toString() {
        return "%s, %s, %s, %d bytes: %s%s"
                .formatted(
                        image.kind().description(),
                        headerSet(),
                        architecture(),
                        bytes.length,
                        String.join(", ", parts()),
                        omissions().isEmpty() ? "" : "; without " + omissions());
    }
}
