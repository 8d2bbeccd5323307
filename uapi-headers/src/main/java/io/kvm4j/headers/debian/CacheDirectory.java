package io.kvm4j.headers.debian;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where what was fetched or built is kept for the next time. */
public final class CacheDirectory {
    private CacheDirectory() {}

    /**
     * {@code kvm4j} where the environment has its caches: {@code XDG_CACHE_HOME}, or else {@code .cache} in {@code HOME}.
     *
     * @param environment the variables of the process
     */
    public static Path of(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElseGet(() -> Path.of(home, ".cache"))
                .resolve("kvm4j");
    }
}
