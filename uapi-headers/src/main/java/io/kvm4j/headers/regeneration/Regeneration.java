package io.kvm4j.headers.regeneration;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.debian.ScratchDirectory;
import io.kvm4j.headers.extraction.Extraction;
import io.kvm4j.headers.extraction.HeaderPath;
import io.kvm4j.headers.extraction.HeaderTree;
import io.kvm4j.headers.extraction.StagedHeaders;
import io.kvm4j.headers.jextract.Jextract;
import io.kvm4j.headers.program.IoReason;
import io.kvm4j.headers.sets.DebianRelease;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.headers.sets.Proposal;
import io.kvm4j.headers.source.DebianHeaders;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotFormatException;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes the snapshots of a header set, one for each architecture, and writes them where the project keeps them.
 *
 * <p>The same headers give the same bytes, wherever they lie. Nothing is written before all snapshots are made, and a
 * file is replaced at once or not at all.
 */
public final class Regeneration {
    /** The headers that a snapshot covers, as an {@code #include} spells them; that of a proposal covers its own only. */
    public static final List<String> HEADERS = List.of("linux/kvm.h", "linux/userfaultfd.h");

    /**
     * What to make.
     *
     * @param project the project's directory, which holds the module uapi-headers
     * @param set the name of the header set
     * @param architectures the names of the architectures, for example {@code x86_64}; if empty, those with bindings that
     *     the headers are for
     * @param headers a header tree as {@code make headers_install} makes it; empty for the Debian package of a
     *     committed set
     * @param includes headers to cover beside {@link #HEADERS}, for example {@code linux/vhost.h}
     * @param only whether to cover the includes in place of {@link #HEADERS}, for bindings of another uapi
     * @param output the file to write, for one architecture; empty for the project's own place
     */
    public record Options(
            Path project,
            String set,
            List<String> architectures,
            Optional<Path> headers,
            List<String> includes,
            boolean only,
            Optional<Path> output) {
        public Options {
            architectures = List.copyOf(architectures);
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

    /**
     * All that was made.
     *
     * @param results one for each snapshot
     * @param lacking the architectures with bindings that the headers are not for
     */
    public record Report(List<Result> results, List<Architecture> lacking) {
        public Report {
            results = List.copyOf(results);
            lacking = List.copyOf(lacking);
        }
    }

    private final Options options;
    private final Map<String, String> environment;
    private final Consumer<String> progress;

    private Regeneration(Options options, Map<String, String> environment, Consumer<String> progress) {
        this.options = options;
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
     * Makes snapshots.
     *
     * @param environment the variables of the process: {@code JEXTRACT_HOME}, {@code PATH}, {@code XDG_CACHE_HOME}
     * @param progress takes one line for each step
     * @throws HeadersException if one of them cannot be made; nothing is written then
     */
    public static Report run(Options options, Map<String, String> environment, Consumer<String> progress) {
        return new Regeneration(options, environment, progress).run();
    }

    private Report run() {
        HeaderSet.checkName(options.set());
        HeaderSet.proposal(options.set());
        options.includes().forEach(HeaderPath::check);
        List<Architecture> architectures = architectures();
        if (options.output().isPresent() && architectures.size() != 1) {
            throw new HeadersException(
                    Problem.UNKNOWN_ARCHITECTURE,
                    "one file holds the snapshot of one architecture: name it with --arch beside --output");
        }
        options.headers().ifPresent(tree -> architectures.forEach(architecture -> HeaderTree.find(tree, architecture)));
        Jextract jextract = Jextract.find(environment);
        List<Result> results = new ArrayList<>();
        try (StagedFiles files = new StagedFiles()) {
            for (Architecture architecture : architectures) {
                results.add(stage(architecture, jextract, files));
            }
            files.replace();
        }
        return new Report(results, lacking(architectures));
    }

    private List<Architecture> architectures() {
        if (!options.architectures().isEmpty()) {
            return options.architectures().stream()
                    .map(Architecture::of)
                    .distinct()
                    .toList();
        }
        return options.headers()
                .map(this::architectures)
                .orElseGet(() -> HeaderSet.proposal(options.set())
                        .map(Proposal::architectures)
                        .orElse(Architecture.BOUND));
    }

    private List<Architecture> architectures(Path tree) {
        List<Architecture> found = HeaderTree.architectures(tree, Architecture.BOUND);
        if (found.isEmpty()) {
            HeaderTree any = HeaderTree.find(tree, Architecture.BOUND.getFirst());
            throw new HeadersException(
                    Problem.HEADERS_MISSING,
                    "nothing in " + any.asm() + " tells which architecture it is for; name it with --arch");
        }
        return found;
    }

    /** Nothing is lacking where the user has named what to make. */
    private List<Architecture> lacking(List<Architecture> made) {
        return options.architectures().isEmpty() && options.headers().isPresent()
                ? Architecture.BOUND.stream()
                        .filter(architecture -> !made.contains(architecture))
                        .toList()
                : List.of();
    }

    private Result stage(Architecture architecture, Jextract jextract, StagedFiles files) {
        Path file =
                options.output().orElseGet(() -> snapshotFile(options.project(), options.set(), architecture.name()));
        Optional<Snapshot> present = read(file);
        Source source = source(architecture, present);
        Snapshot snapshot = extract(architecture, jextract, source.directory());
        if (source.isStandIn() && present.isPresent() && differsInDigestsOnly(present.get(), snapshot)) {
            return new Result(Outcome.KEPT, file, present.get(), source.name());
        }
        String text = SnapshotJson.write(snapshot);
        if (holds(file, text)) {
            return new Result(Outcome.UNCHANGED, file, snapshot, source.name());
        }
        files.add(file, text);
        return new Result(Outcome.WRITTEN, file, snapshot, source.name());
    }

    private static boolean holds(Path file, String text) {
        try {
            return Files.exists(file) && Files.readString(file).equals(text);
        } catch (IOException e) {
            throw new HeadersException(Problem.ENVIRONMENT, "cannot read " + file + ": " + IoReason.of(e), e);
        }
    }

    /**
     * Where the headers come from.
     *
     * @param isStandIn whether an archive gave them, which may have moved on from the headers that were pinned
     */
    private record Source(Path directory, String name, boolean isStandIn) {}

    private Source source(Architecture architecture, Optional<Snapshot> present) {
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
            throw new HeadersException(Problem.ENVIRONMENT, "cannot read " + file + ": " + IoReason.of(e), e);
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

    private Snapshot extract(Architecture architecture, Jextract jextract, Path directory) {
        LinkedHashSet<String> named = new LinkedHashSet<>();
        if (!options.only()) {
            named.addAll(HeaderSet.proposal(options.set())
                    .map(proposal -> List.of(proposal.header()))
                    .orElse(HEADERS));
        }
        named.addAll(options.includes());
        try {
            Path target = Files.createDirectories(options.project().resolve("uapi-headers/target"));
            try (ScratchDirectory scratch = ScratchDirectory.in(target, "regenerate-")) {
                Path work = scratch.path();
                HeaderTree tree = HeaderTree.find(directory, architecture);
                StagedHeaders staged = StagedHeaders.copy(
                        tree, architecture, new ArrayList<>(named), Files.createDirectory(work.resolve("headers")));
                return Extraction.extract(options.set(), architecture.name(), jextract, staged, work, progress);
            }
        } catch (UncheckedIOException e) {
            throw cannotWork(options, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw cannotWork(options, e);
        }
    }

    private static HeadersException cannotWork(Options options, IOException cause) {
        return new HeadersException(
                Problem.ENVIRONMENT,
                "cannot work in " + options.project().resolve("uapi-headers/target") + ": " + IoReason.of(cause),
                cause);
    }
}
