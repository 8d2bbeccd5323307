package io.kvm4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts the descriptors that this process has open. */
public final class OpenDescriptors {
    private OpenDescriptors() {}

    /** Those whose file has a certain text in its name, such as {@code eventfd}. */
    public static long of(String kind) throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(f -> isOf(kind, f)).count();
        }
    }

    private static boolean isOf(String kind, Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains(kind);
        } catch (IOException e) {
            return false;
        }
    }
}
