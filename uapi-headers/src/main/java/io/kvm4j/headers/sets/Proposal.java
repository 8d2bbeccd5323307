package io.kvm4j.headers.sets;

import io.kvm4j.headers.Architecture;
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
 * @param base the header set that has what the series builds on, and as little as can be of what came after it
 * @param architectures the architectures that there are snapshots for: those that the series has code for, of the bound
 *     ones
 */
public record Proposal(String name, String base, List<Architecture> architectures) {
    /**
     * What there are headers for, oldest first.
     *
     * <p>exit-on-missing-v7 reports through the memory_fault of struct kvm_run, which linux-6.1 lacks: linux-6.12 is the
     * first set to have it, though it gave the number of the series' capability away already. userfault-v3 is younger
     * than linux-6.12 and older than linux-7.2.
     */
    public static final List<Proposal> ALL = List.of(
            new Proposal("memory-fault-nowait-v2", "linux-6.1", List.of(Architecture.of("x86_64"))),
            new Proposal(
                    "exit-on-missing-v7", "linux-6.12", List.of(Architecture.of("x86_64"), Architecture.of("aarch64"))),
            new Proposal("userfault-v3", "linux-6.12", List.of(Architecture.of("x86_64"), Architecture.of("aarch64"))));

    private static final String DIRECTORY = "proposals/";

    public Proposal {
        architectures = List.copyOf(architectures);
    }

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

    /** The name of its committed header set. */
    public String set() {
        return base + HeaderSet.ON_TOP + name;
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
