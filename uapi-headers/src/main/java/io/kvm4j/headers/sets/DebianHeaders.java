package io.kvm4j.headers.sets;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.extraction.HeaderTree;
import io.kvm4j.headers.snapshot.Header;
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
import java.util.stream.Stream;

/**
 * The headers of Debian packages, unpacked in a cache of the user's: {@code kvm4j/headers/<version>/<architecture>}
 * under {@code XDG_CACHE_HOME} or {@code ~/.cache}.
 */
public final class DebianHeaders {
    /** The architecture that every release has a port for. */
    private static final Architecture EVERYWHERE = Architecture.of("x86_64");

    private final Path cache;
    private final Consumer<String> progress;

    /**
     * Uses the cache that the environment names.
     *
     * @param environment the variables of the process
     * @param progress takes one line for each step that takes long
     */
    public DebianHeaders(Map<String, String> environment, Consumer<String> progress) {
        this.cache = cacheDirectory(environment);
        this.progress = progress;
    }

    private static Path cacheDirectory(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElseGet(() -> Path.of(home, ".cache"))
                .resolve("kvm4j");
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
            AptArchive archive = AptArchive.open(cache.resolve("apt"), release, architecture);
            Optional<String> version = archive.newestVersion(DebianRelease.PACKAGE);
            return version.isPresent()
                    ? keep(take(archive, DebianRelease.PACKAGE, version.get()), version.get(), architecture)
                    : assemble(release, architecture);
        } catch (IOException e) {
            throw new HeadersException(Problem.ENVIRONMENT, "cannot use the cache " + cache + ": " + e, e);
        }
    }

    /**
     * For an architecture that the release has no port for: the package of a port that every release has, which in newer
     * releases holds all architectures' headers; in older ones their own come from the package for cross compilers.
     */
    private Unpacked assemble(DebianRelease release, Architecture architecture) throws IOException {
        AptArchive archive = AptArchive.open(cache.resolve("apt"), release, EVERYWHERE);
        String version = newest(archive, release, DebianRelease.PACKAGE);
        Path headers = take(archive, DebianRelease.PACKAGE, version);
        Path asm = headers.resolve("usr/include").resolve(architecture.triple()).resolve("asm");
        if (!Files.isDirectory(asm)) {
            String cross = DebianRelease.crossPackage(architecture);
            Path own = take(archive, cross, newest(archive, release, cross));
            Files.createDirectories(asm.getParent());
            Files.move(own.resolve("usr").resolve(architecture.triple()).resolve("include/asm"), asm);
        }
        return keep(headers, version, architecture);
    }

    private static String newest(AptArchive archive, DebianRelease release, String name) {
        return archive.newestVersion(name)
                .orElseThrow(() -> AptArchive.unavailable("the Debian archive holds no " + name + " "
                        + release.versionPrefix() + "x in " + String.join(", ", release.suites())));
    }

    private Path take(AptArchive archive, String name, String version) throws IOException {
        progress.accept("taking " + name + " " + version);
        return archive.downloadAndUnpack(name, version);
    }

    private Unpacked keep(Path unpacked, String version, Architecture architecture) throws IOException {
        Path directory =
                cache.resolve("headers").resolve(version.replace(':', '_')).resolve(architecture.name());
        Files.createDirectories(directory.getParent());
        Trees.delete(directory);
        Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
        return new Unpacked(directory, version);
    }
}
