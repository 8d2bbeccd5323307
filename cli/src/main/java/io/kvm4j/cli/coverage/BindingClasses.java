package io.kvm4j.cli.coverage;

import io.kvm4j.uapi.KvmConstants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the classes of the bindings that this program runs with. None is initialised. */
final class BindingClasses {
    private static final String CLASS = ".class";

    private BindingClasses() {}

    /** All public top-level classes of the bindings, by name. */
    static List<Class<?>> all() {
        try {
            Path place = Path.of(KvmConstants.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            if (Files.isDirectory(place)) {
                return in(place);
            }
            try (FileSystem jar = FileSystems.newFileSystem(place)) {
                return in(jar.getPath("/"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the bindings", e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the bindings are in no file", e);
        }
    }

    private static List<Class<?>> in(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(f -> root.relativize(f).toString())
                    .filter(name -> name.startsWith("io/kvm4j/") && name.endsWith(CLASS))
                    .filter(name -> !name.contains("$") && !name.endsWith("-info" + CLASS))
                    .map(name ->
                            name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
                    .sorted()
                    .<Class<?>>map(BindingClasses::load)
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, KvmConstants.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("a class file that is there can be loaded", e);
        }
    }
}
