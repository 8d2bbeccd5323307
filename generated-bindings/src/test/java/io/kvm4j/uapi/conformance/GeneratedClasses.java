package io.kvm4j.uapi.conformance;

import io.kvm4j.uapi.KvmConstants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** All classes of the bindings as they were compiled. */
final class GeneratedClasses {
    private GeneratedClasses() {}

    /** Every class, nested ones included, by name. */
    static List<Class<?>> all() {
        try {
            Path root = Path.of(KvmConstants.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            try (Stream<Path> files = Files.walk(root.resolve("io"))) {
                return files.filter(f -> f.toString().endsWith(".class"))
                        .map(f -> root.relativize(f).toString())
                        .filter(f -> !f.endsWith("package-info.class"))
                        .sorted()
                        .<Class<?>>map(GeneratedClasses::load)
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every class that extends or implements a type and can be made, but those of proposals. */
    static List<Class<?>> of(Class<?> type) {
        return all().stream()
                .filter(c -> type.isAssignableFrom(c) && !c.isInterface() && c != type)
                .filter(c -> !c.getPackageName().contains(".proposals."))
                .toList();
    }

    private static Class<?> load(String file) {
        try {
            return Class.forName(file.replace(".class", "").replace('/', '.'));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
