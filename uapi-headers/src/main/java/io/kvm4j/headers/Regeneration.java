package io.kvm4j.headers;

import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.extraction.Extraction;
import io.kvm4j.headers.extraction.HeaderTree;
import io.kvm4j.headers.extraction.StagedHeaders;
import io.kvm4j.headers.jextract.Jextract;
import io.kvm4j.headers.sets.DebianHeaders;
import io.kvm4j.headers.sets.DebianRelease;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.headers.sets.Trees;
import io.kvm4j.headers.snapshot.Header;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.headers.snapshot.SnapshotFormatException;
import io.kvm4j.headers.snapshot.SnapshotJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes the snapshot of a header set for one architecture, and writes it where the project keeps it.
 *
 * <p>The same headers give the same bytes, wherever they lie. A file is replaced at once or not at all.
 */
public final class Regeneration {
    /** The headers that a snapshot covers, as an {@code #include} spells them; that of a proposal covers its own only. */
    public static final List<String> HEADERS = List.of("linux/kvm.h", "linux/userfaultfd.h");

    /**
     * What to make.
     *
     * @param project the project's directory, which holds the module uapi-headers
     * @param set the name of the header set
     * @param architecture the name of the architecture, for example {@code x86_64}
     * @param headers a header tree as {@code make headers_install} makes it; empty for the Debian package of a
     *     committed set
     * @param includes headers to cover beside {@link #HEADERS}, for example {@code linux/vhost.h}
     * @param output the file to write; empty for the project's own place
     */
    public record Options(
            Path project,
            String set,
            String architecture,
            Optional<Path> headers,
            List<String> includes,
            Optional<Path> output) {
        public Options {
            includes = List.copyOf(includes);
        }
    }

    /** What became of the file. */
    public enum Outcome {
        /** The file is new or was replaced. */
        WRITTEN,
        /** The file already held the same bytes. */
        UNCHANGED,
        /** Headers of a newer point release stood in, which declare the same ABI: the file and its digests stay. */
        KEPT
    }

    /**
     * What was made.
     *
     * @param file the snapshot's file
     * @param snapshot the snapshot in the file
     * @param source the directory or the package that the headers came from
     */
    public record Result(Outcome outcome, Path file, Snapshot snapshot, String source) {}

    private final Options options;
    private final Architecture architecture;
    private final Path file;
    private final Map<String, String> environment;
    private final Consumer<String> progress;

    private Regeneration(Options options, Map<String, String> environment, Consumer<String> progress) {
        this.options = options;
        this.architecture = Architecture.of(options.architecture());
        this.file = options.output()
                .orElseGet(() -> snapshotFile(options.project(), options.set(), options.architecture()));
        this.environment = environment;
        this.progress = progress;
    }

    /** Where the project keeps its header sets, each in a directory of its name. */
    public static Path setsDirectory(Path project) {
        return project.resolve("uapi-headers/src/main/resources/io/kvm4j/headers/sets");
    }

    /** Where the project keeps a snapshot. */
    public static Path snapshotFile(Path project, String set, String architecture) {
        return setsDirectory(project).resolve(HeaderSet.checkName(set)).resolve(architecture + ".json");
    }

    /**
     * Makes a snapshot.
     *
     * @param environment the variables of the process: {@code JEXTRACT_HOME}, {@code PATH}, {@code XDG_CACHE_HOME}
     * @param progress takes one line for each step
     * @throws HeadersException if it cannot be made; nothing is written then
     */
    public static Result run(Options options, Map<String, String> environment, Consumer<String> progress) {
        return new Regeneration(options, environment, progress).run();
    }

    private Result run() {
        Optional<Snapshot> present = present();
        Jextract jextract = Jextract.find(environment);
        Source source = source(present);
        Snapshot snapshot = extract(jextract, source.directory());
        if (source.isStandIn() && present.isPresent() && differsInDigestsOnly(present.get(), snapshot)) {
            return new Result(Outcome.KEPT, file, present.get(), source.name());
        }
        return new Result(write(SnapshotJson.write(snapshot)), file, snapshot, source.name());
    }

    /**
     * Where the headers come from.
     *
     * @param isStandIn whether an archive gave them, which may have moved on from the headers that were pinned
     */
    private record Source(Path directory, String name, boolean isStandIn) {}

    private Source source(Optional<Snapshot> present) {
        if (options.headers().isPresent()) {
            Path directory = options.headers().get();
            return new Source(directory, directory.toString(), false);
        }
        DebianRelease release = HeaderSet.of(options.set()).source();
        DebianHeaders debian = new DebianHeaders(environment, progress);
        List<Header> pinned = present.map(Snapshot::headers).orElseGet(this::sharedHeaders);
        DebianHeaders.Unpacked unpacked = debian.findPinned(release, architecture, pinned)
                .orElseGet(() -> debian.download(release, architecture));
        return new Source(unpacked.directory(), "linux-libc-dev " + unpacked.version(), true);
    }

    /**
     * The pins of another architecture's snapshot of the set, or of the one below a proposal, so that all are made of one
     * package.
     */
    private List<Header> sharedHeaders() {
        String base = HeaderSet.base(options.set());
        return Architecture.ALL.stream()
                .map(other -> snapshotFile(options.project(), base, other.name()))
                .flatMap(other -> read(other).stream())
                .findFirst()
                .map(snapshot -> snapshot.headers().stream()
                        .filter(header -> !header.path().startsWith("asm/"))
                        .toList())
                .orElse(List.of());
    }

    private Optional<Snapshot> present() {
        return read(file);
    }

    private Optional<Snapshot> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(SnapshotJson.read(file));
        } catch (SnapshotFormatException e) {
            progress.accept("replacing what is no snapshot: " + e.getMessage());
            return Optional.empty();
        } catch (IOException e) {
            throw new HeadersException(Problem.ENVIRONMENT, "cannot read " + file + ": " + e, e);
        }
    }

    private static boolean differsInDigestsOnly(Snapshot one, Snapshot other) {
        return !one.headers().equals(other.headers()) && withoutDigests(one).equals(withoutDigests(other));
    }

    private static Snapshot withoutDigests(Snapshot s) {
        return new Snapshot(
                s.headerSet(),
                s.architecture(),
                s.headers().stream()
                        .map(header -> new Header(header.path(), ""))
                        .toList(),
                s.records(),
                s.constants(),
                s.ioctls(),
                s.unavailableIoctls());
    }

    private Snapshot extract(Jextract jextract, Path directory) {
        LinkedHashSet<String> named = new LinkedHashSet<>(HeaderSet.proposal(options.set())
                .map(proposal -> List.of(proposal.header()))
                .orElse(HEADERS));
        named.addAll(options.includes());
        try {
            Path target = Files.createDirectories(options.project().resolve("uapi-headers/target"));
            Path work = Files.createTempDirectory(target, "regenerate-").toRealPath();
            try {
                HeaderTree tree = HeaderTree.find(directory, architecture);
                StagedHeaders staged = StagedHeaders.copy(
                        tree, architecture, new ArrayList<>(named), Files.createDirectory(work.resolve("headers")));
                return Extraction.extract(options.set(), options.architecture(), jextract, staged, work, progress);
            } finally {
                Trees.delete(work);
            }
        } catch (IOException e) {
            throw new HeadersException(
                    Problem.ENVIRONMENT,
                    "cannot work in " + options.project().resolve("uapi-headers/target") + ": " + e,
                    e);
        }
    }

    private Outcome write(String text) {
        try {
            if (Files.exists(file) && Files.readString(file).equals(text)) {
                return Outcome.UNCHANGED;
            }
            Path directory = file.toAbsolutePath().getParent();
            Files.createDirectories(directory);
            Path temporary = Files.createTempFile(directory, ".snapshot-", ".json");
            try {
                Files.writeString(temporary, text);
                Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            return Outcome.WRITTEN;
        } catch (IOException e) {
            throw new HeadersException(Problem.ENVIRONMENT, "cannot write " + file + ": " + e, e);
        }
    }
}
