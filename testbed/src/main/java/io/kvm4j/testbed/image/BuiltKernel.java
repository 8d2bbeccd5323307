package io.kvm4j.testbed.image;

import io.kvm4j.testbed.cpio.CpioWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A kernel in the cache.
 *
 * @param directory holds its files
 */
public record BuiltKernel(Path directory) {
    /** The directory of a host's file system that the modules are in, and the list of them in order. */
    private static final String MODULES = "modules";

    /** What QEMU boots. */
    public Path image() {
        return directory.resolve("kernel");
    }

    /** An archive with the modules to load, and the order in which to. */
    public Path modules() {
        return directory.resolve("modules.cpio");
    }

    /** The package and version that it comes from, in one line. */
    public String origin() throws IOException {
        return Files.readString(directory.resolve("origin")).strip();
    }

    void writeOrigin(String origin) throws IOException {
        Files.writeString(directory.resolve("origin"), origin + "\n");
    }

    /** Packs modules, given in the order in which they are to be loaded. */
    void writeModules(List<Path> files) throws IOException {
        StringBuilder order = new StringBuilder();
        try (CpioWriter archive = new CpioWriter(Files.newOutputStream(modules()))) {
            for (Path file : files) {
                String name = MODULES + "/" + file.getFileName();
                order.append('/').append(name).append('\n');
                archive.file(name, Files.readAllBytes(file));
            }
            archive.file(MODULES + "/order", order.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
