package io.kvm4j.uapi.conformance;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.extraction.HeaderTree;
import io.kvm4j.headers.extraction.StagedHeaders;
import io.kvm4j.headers.snapshot.Header;
import io.kvm4j.headers.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.List;

final class RealHeaders {
    private RealHeaders() {}

    static Path of(Snapshot snapshot, Path folder) {
        List<String> named = snapshot.headers().stream().map(Header::path).filter(h -> h.startsWith("linux/")).toList();
        return StagedHeaders.copy(HeaderTree.find(Path.of(System.getProperty("kvm4j.headers", "/usr")), Architecture.of(snapshot.architecture())), Architecture.of(snapshot.architecture()), named, folder.resolve("h")).directory();
    }
}
