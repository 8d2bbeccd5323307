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

    private List<Unpacked> cached(DebianRelease release, Architecture architecture) {
        Path versions = cache.resolve("headers");
        if (!Files.isDirectory(versions)) {
            return List.of();
        }
        try (Stream<Path> directories = Files.list(versions)) {
            return directories
                    .filter(version -> version.getFileName().toString().startsWith(release.versionPrefix()))
                    .map(version -> new Unpacked(
                            version.resolve(architecture.name()),
                            version.getFileName().toString()))
                    .filter(unpacked -> Files.isDirectory(unpacked.directory()))
                    .sorted(Comparator.comparing(Unpacked::version).reversed())
                    .toList();
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
                + "x in " + String.join(", ", release.suites()));
        try {
            AptArchive archive = AptArchive.open(cache.resolve("apt"), release, architecture);
            String version = archive.newestVersion();
            Path directory =
                    cache.resolve("headers").resolve(version.replace(':', '_')).resolve(architecture.name());
            progress.accept("taking " + DebianRelease.PACKAGE + " " + version);
            Path unpacked = archive.downloadAndUnpack(version);
            Files.createDirectories(directory.getParent());
            Trees.delete(directory);
            Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
            return new Unpacked(directory, version);
        } catch (IOException e) {
            throw new HeadersException(Problem.ENVIRONMENT, "cannot use the cache " + cache + ": " + e, e);
        }
    }
}
