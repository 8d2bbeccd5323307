package io.kvm4j.headers.source;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.debian.CacheDirectory;
import io.kvm4j.headers.debian.DebianArchive;
import io.kvm4j.headers.debian.DebianArchive.Entry;
import io.kvm4j.headers.debian.DebianException;
import io.kvm4j.headers.debian.Trees;
import io.kvm4j.headers.extraction.HeaderTree;
import io.kvm4j.headers.program.IoReason;
import io.kvm4j.headers.sets.DebianRelease;
import io.kvm4j.snapshot.Header;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The headers of Debian packages, unpacked in a cache of the user's: {@code kvm4j/headers/<version>/<architecture>}
 * under {@code XDG_CACHE_HOME} or {@code ~/.cache}.
 */
public final class DebianHeaders {
    /** The architecture that every release has a port for. */
    private static final Architecture EVERYWHERE = Architecture.of("x86_64");

    private static final Pattern VERSION = Pattern.compile("[0-9][A-Za-z0-9.+~:-]*");

    private final Path cache;
    private final Consumer<String> progress;

    /**
     * Uses the cache that the environment names.
     *
     * @param environment the variables of the process
     * @param progress takes one line for each step that takes long
     */
    public DebianHeaders(Map<String, String> environment, Consumer<String> progress) {
        this.cache = CacheDirectory.of(environment);
        this.progress = progress;
    }

    /**
     * Unpacked headers.
     *
     * @param directory what the package holds
     * @param version the package's version
     */
    public record Unpacked(Path directory, String version) {}

    /**
     * Finds the very headers that a snapshot was made of: in the cache, or as the machine's own linux-libc-dev.
     *
     * @param pinned the headers with their digests
     */
    public Optional<Unpacked> findPinned(DebianRelease release, Architecture architecture, List<Header> pinned) {
        return Stream.concat(
                        cached(release, architecture).stream(),
                        Stream.of(new Unpacked(Path.of("/"), "as installed on this machine")))
                .filter(unpacked -> !pinned.isEmpty() && holds(unpacked.directory(), architecture, pinned))
                .findFirst();
    }

    private static boolean holds(Path directory, Architecture architecture, List<Header> pinned) {
        try {
            HeaderTree tree = HeaderTree.find(directory, architecture);
            return pinned.stream()
                    .allMatch(header -> tree.has(header.path())
                            && tree.digest(header.path()).equals(header));
        } catch (HeadersException e) {
            return false;
        }
    }

    /** The architecture's own directories come before those of others: a package may hold the headers of many. */
    private List<Unpacked> cached(DebianRelease release, Architecture architecture) {
        List<Unpacked> cached = new ArrayList<>();
        for (Path version : directories(cache.resolve("headers"))) {
            String name = version.getFileName().toString();
            if (name.startsWith(release.versionPrefix())) {
                directories(version).forEach(directory -> cached.add(new Unpacked(directory, name)));
            }
        }
        cached.sort(Comparator.comparing(Unpacked::version)
                .reversed()
                .thenComparing(unpacked -> !unpacked.directory().endsWith(architecture.name()))
                .thenComparing(Unpacked::directory));
        return cached;
    }

    private static List<Path> directories(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Takes the newest version of a release line from the archive into the cache.
     *
     * @throws HeadersException with {@link Problem#SOURCE_UNAVAILABLE} if the archive is out of reach or no longer
     *     holds a version of the line
     */
    public Unpacked download(DebianRelease release, Architecture architecture) {
        progress.accept("asking the Debian archive for " + DebianRelease.PACKAGE + " " + release.versionPrefix()
                + "x for " + architecture.name() + " in " + String.join(", ", release.suites()));
        try {
            DebianArchive archive =
                    DebianArchive.open(cache.resolve("apt"), release.suites(), architecture.debianName());
            Optional<Entry> headers = archive.newest(DebianRelease.PACKAGE, release.versionPrefix());
            return headers.isPresent()
                    ? keep(take(archive, headers.get()), headers.get().version(), architecture)
                    : assemble(release, architecture);
        } catch (DebianException e) {
            throw new HeadersException(
                    Problem.SOURCE_UNAVAILABLE,
                    e.getMessage() + "; give the headers of this line with --headers DIR",
                    e);
        } catch (IOException e) {
            throw new HeadersException(Problem.ENVIRONMENT, "cannot use the cache " + cache + ": " + IoReason.of(e), e);
        }
    }

    /**
     * For an architecture that the release has no port for: the package of a port that every release has, which in newer
     * releases holds all architectures' headers; in older ones their own come from the package for cross compilers.
     */
    private Unpacked assemble(DebianRelease release, Architecture architecture) throws IOException {
        DebianArchive archive = DebianArchive.open(cache.resolve("apt"), release.suites(), EVERYWHERE.debianName());
        Entry neutral = newest(archive, release, DebianRelease.PACKAGE);
        Path headers = take(archive, neutral);
        Path asm = headers.resolve("usr/include").resolve(architecture.triple()).resolve("asm");
        if (!Files.isDirectory(asm)) {
            Path own = take(archive, newest(archive, release, DebianRelease.crossPackage(architecture)));
            Files.createDirectories(asm.getParent());
            Files.move(own.resolve("usr").resolve(architecture.triple()).resolve("include/asm"), asm);
            Trees.delete(own);
        }
        return keep(headers, neutral.version(), architecture);
    }

    private static Entry newest(DebianArchive archive, DebianRelease release, String name) {
        return archive.newest(name, release.versionPrefix())
                .orElseThrow(() -> new DebianException("the Debian archive holds no " + name + " "
                        + release.versionPrefix() + "x in " + String.join(", ", release.suites())));
    }

    /** Unpacks a package beside where it will be kept, for the caller to move. */
    private Path take(DebianArchive archive, Entry entry) throws IOException {
        progress.accept("taking " + entry.name() + " " + entry.version());
        Path headers = Files.createDirectories(cache.resolve("headers"));
        Path unpacked = Files.createTempDirectory(headers, ".unpacking");
        try {
            archive.unpack(List.of(entry), unpacked);
            return unpacked;
        } catch (IOException | DebianException e) {
            Trees.delete(unpacked);
            throw e;
        }
    }

    /** The archive's version becomes the name of a directory. */
    private Unpacked keep(Path unpacked, String version, Architecture architecture) throws IOException {
        if (!VERSION.matcher(version).matches()) {
            throw new DebianException("the Debian archive calls a version '" + version + "', which is none");
        }
        Path directory =
                cache.resolve("headers").resolve(version.replace(':', '_')).resolve(architecture.name());
        Files.createDirectories(directory.getParent());
        Trees.delete(directory);
        Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
        return new Unpacked(directory, version);
    }
}
