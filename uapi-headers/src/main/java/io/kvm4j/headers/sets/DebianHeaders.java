package io.kvm4j.headers.sets;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
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
import java.util.function.Predicate;
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
     * Finds the headers in the cache, or else takes the newest version of the line that the archive holds.
     *
     * @param isPinned whether an unpacked directory holds the very headers that were pinned; such ones need no archive
     * @throws HeadersException with {@link Problem#SOURCE_UNAVAILABLE} if the archive is out of reach or no longer
     *     holds a version of the line
     */
    public Unpacked obtain(DebianRelease release, Architecture architecture, Predicate<Path> isPinned) {
        Optional<Unpacked> cached = cached(release, architecture).stream()
                .filter(unpacked -> isPinned.test(unpacked.directory()))
                .findFirst();
        return cached.orElseGet(() -> download(release, architecture));
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

    private Unpacked download(DebianRelease release, Architecture architecture) {
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
