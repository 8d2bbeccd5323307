package io.kvm4j.headers.sets;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A series of kernel patches that was never merged: its declarations are a small header of ours, which goes on top of the
 * headers it was written for. Its header set is called {@code <base>+<proposal>}.
 *
 * @param name for example {@code memory-fault-nowait-v2}
 */
public record Proposal(String name) {
    /** What there are headers for. */
    public static final List<Proposal> ALL = List.of(new Proposal("memory-fault-nowait-v2"));

    private static final String DIRECTORY = "proposals/";

    /**
     * Finds a proposal by its name.
     *
     * @throws HeadersException with {@link Problem#UNKNOWN_SET}
     */
    public static Proposal of(String name) {
        return ALL.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new HeadersException(
                        Problem.UNKNOWN_SET,
                        "unknown proposal '" + name + "'; known are "
                                + ALL.stream().map(Proposal::name).collect(Collectors.joining(", "))));
    }

    /** Its header, as an {@code #include} spells it. */
    public String header() {
        return DIRECTORY + name + ".h";
    }

    /** Whether an {@code #include} names the header of a proposal. */
    public static boolean isHeader(String path) {
        return ALL.stream().anyMatch(p -> p.header().equals(path));
    }

    /** Reads the header of a proposal. */
    public static byte[] read(String path) {
        try (InputStream stream = Proposal.class.getResourceAsStream("/io/kvm4j/headers/" + path)) {
            if (stream == null) {
                throw new IllegalArgumentException(path + " is no proposal's header");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
