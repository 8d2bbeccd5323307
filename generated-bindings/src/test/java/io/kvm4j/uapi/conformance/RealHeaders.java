package io.kvm4j.uapi.conformance;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.extraction.HeaderTree;
import io.kvm4j.headers.extraction.StagedHeaders;
import io.kvm4j.headers.sets.DebianRelease;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.headers.source.DebianHeaders;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The headers that a snapshot was made of, for the C compiler: of the Debian archive, or of the tree that {@code
 * -Dkvm4j.headers=DIR} names for a set of one's own.
 */
final class RealHeaders {
    private static final boolean REQUIRED = "required".equals(System.getProperty("kvm4j.oracle"));

    private RealHeaders() {}

    /** Copies the headers to a folder; skips the test if they cannot be had, unless the oracle is required. */
    static Path of(Snapshot snapshot, Path folder) {
        Architecture architecture = Architecture.of(snapshot.architecture());
        List<String> named = snapshot.headers().stream()
                .map(Header::path)
                .filter(h -> h.startsWith("linux/"))
                .toList();
        HeaderTree tree = HeaderTree.find(source(snapshot, architecture), architecture);
        return StagedHeaders.copy(tree, architecture, named, folder.resolve("headers"))
                .directory();
    }

    private static Path source(Snapshot snapshot, Architecture architecture) {
        String ownTree = System.getProperty("kvm4j.headers");
        if (ownTree != null) {
            return Path.of(ownTree);
        }
        BoundSnapshots.assumeThoseOfTheSpecs();
        DebianHeaders debian = new DebianHeaders(System.getenv(), _ -> {});
        DebianRelease release = HeaderSet.of(snapshot.headerSet()).source();
        return debian.findPinned(release, architecture, snapshot.headers())
                .or(() -> REQUIRED ? Optional.of(debian.download(release, architecture)) : Optional.empty())
                .map(DebianHeaders.Unpacked::directory)
                .orElseGet(() -> Assumptions.abort("the headers of " + snapshot.headerSet()
                        + " are not in the cache; -Dkvm4j.oracle=required takes them from the Debian archive"));
    }
}
