package io.kvm4j.testbed.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The list of an entry's files with their hashes, by which a broken entry is told from a whole one. */
final class Manifest {
    private static final String NAME = "manifest";

    private Manifest() {}

    /** Lists what the directory holds. */
    static void write(Path directory) throws IOException {
        Files.writeString(directory.resolve(NAME), describe(directory));
    }

    /** True if the directory holds what its manifest says, no less and no more. */
    static boolean holds(Path directory) throws IOException {
        Path manifest = directory.resolve(NAME);
        return Files.isRegularFile(manifest) && Files.readString(manifest).equals(describe(directory));
    }

    private static String describe(Path directory) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files(directory)) {
            text.append(Key.ofFile(file))
                    .append(' ')
                    .append(directory.relativize(file))
                    .append('\n');
        }
        return text.toString();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile)
                    .filter(file -> !file.equals(directory.resolve(NAME)))
                    .sorted()
                    .toList();
        }
    }
}
