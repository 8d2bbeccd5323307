package io.kvm4j.processor;

import io.kvm4j.processor.completion.CompletedSet;
import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import io.kvm4j.processor.resolve.Snapshots;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;

/**
 * The compiler options that name ABI snapshots: files, and directories for all snapshots in them, separated as the class
 * path is. One names those to generate from, the other those that the specs were written for. Without the first, the
 * bindings that the specs are compiled against carry the snapshots.
 */
final class SnapshotOption {
    static final String NAME = "kvm4j.snapshot";
    static final String SPECS = "kvm4j.specs.snapshot";

    private SnapshotOption() {}

    /** Whether the compiler was given snapshots to generate from; if not, the bindings on its paths carry them. */
    static boolean isSet(ProcessingEnvironment environment) {
        return !environment.getOptions().getOrDefault(NAME, "").isBlank();
    }

    /** Reads the snapshots, or reports at {@code element} why that cannot be. */
    static Optional<Snapshots> read(ProcessingEnvironment environment, Element element, Report report) {
        Site site = Site.of(element);
        int before = report.errors();
        List<Snapshot> own = isSet(environment)
                ? read(environment.getOptions().getOrDefault(NAME, ""), site, report)
                : CarriedSnapshots.read(environment, site, report);
        List<Snapshot> known = read(environment.getOptions().getOrDefault(SPECS, ""), site, report);
        if (own.isEmpty() && report.errors() == before) {
            report.add(Code.SNAPSHOT_NOT_SET, site);
        }
        return report.errors() == before ? complete(own, known, site, report) : Optional.empty();
    }

    private static Optional<Snapshots> complete(List<Snapshot> own, List<Snapshot> known, Site site, Report report) {
        CompletedSet completed = CompletedSet.of(own, known);
        Provenance provenance = completed.provenance();
        if (provenance.lacking() == 0) {
            return Optional.of(new Snapshots(completed));
        }
        try {
            for (Snapshot snapshot : completed.snapshots()) {
                // Two snapshots that are right by themselves need not be right together.
                SnapshotJson.read(SnapshotJson.write(snapshot), snapshot + " as completed");
            }
        } catch (IOException e) {
            report.add(Code.SNAPSHOT_UNREADABLE, site, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
        report.add(Code.COMPLETED, site, provenance.set(), provenance.lacking(), provenance.specSet());
        return Optional.of(new Snapshots(completed));
    }

    /** Reads all snapshots of an option; each that cannot be read is reported, and stops no other. */
    private static List<Snapshot> read(String paths, Site site, Report report) {
        Set<Path> files = new LinkedHashSet<>();
        List<Snapshot> snapshots = new ArrayList<>();
        for (String path : paths.split(File.pathSeparator, -1)) {
            if (path.isBlank()) {
                continue;
            }
            try {
                for (Path file : files(Path.of(path))) {
                    if (files.add(file.toRealPath())) {
                        read(file, site, report).ifPresent(snapshots::add);
                    }
                }
            } catch (IOException | IllegalArgumentException e) {
                report.add(Code.SNAPSHOT_UNREADABLE, site, reason(path, e));
            }
        }
        return snapshots;
    }

    private static Optional<Snapshot> read(Path file, Site site, Report report) {
        try {
            return Optional.of(SnapshotJson.read(file));
        } catch (IOException e) {
            report.add(Code.SNAPSHOT_UNREADABLE, site, reason(file.toString(), e));
            return Optional.empty();
        }
    }

    /** The file itself, or the snapshots in the directory, by name. */
    private static List<Path> files(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<Path> snapshots =
                    entries.filter(p -> p.toString().endsWith(".json")).sorted().toList();
            if (snapshots.isEmpty()) {
                throw new IOException(path + " has no file *.json");
            }
            return snapshots;
        }
    }

    private static String reason(String path, Exception e) {
        return e instanceof NoSuchFileException ? path + " does not exist" : String.valueOf(e.getMessage());
    }
}
