package io.kvm4j.uapi.conformance;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.extraction.HeaderTree;
import io.kvm4j.headers.extraction.StagedHeaders;
import io.kvm4j.headers.sets.DebianHeaders;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.headers.snapshot.Header;
import io.kvm4j.headers.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The headers that a snapshot was made of, for the C compiler: of the Debian archive, or of the tree that {@code
 * -Dkvm4j.headers=DIR} names for a set of one's own.
 */
final class RealHeaders {
    private RealHeaders() {}

    /** Copies the headers to a folder; skips the test if they cannot be had, unless the oracle is required. */
    static Path of(Snapshot snapshot, Path folder) {
        Architecture architecture = Architecture.of(snapshot.architecture());
        List<String> named = snapshot.headers().stream()
                .map(Header::path)
                .filter(h -> h.startsWith("linux/"))
                .toList();
        try {
            HeaderTree tree = HeaderTree.find(source(snapshot.headerSet(), architecture), architecture);
            return StagedHeaders.copy(tree, architecture, named, folder.resolve("headers"))
                    .directory();
        } catch (HeadersException e) {
            if ("required".equals(System.getProperty("kvm4j.oracle"))) {
                throw e;
            }
            return Assumptions.abort("the real headers cannot be had: " + e.getMessage());
        }
    }

    private static Path source(String set, Architecture architecture) {
        return Optional.ofNullable(System.getProperty("kvm4j.headers"))
                .map(Path::of)
                .orElseGet(() -> new DebianHeaders(System.getenv(), _ -> {})
                        .obtain(HeaderSet.of(set).source(), architecture, _ -> true)
                        .directory());
    }
}
