package io.kvm4j.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that nobody else may read. */
final class SecretFile {
    private static final int OTHERS = 0077;
    private static final int PERMISSIONS = 0777;

    private SecretFile() {}

    /** Refuses a file that other users may read or change. */
    static void require(Path path) throws IOException {
        int mode;
        try {
            mode = (int) Files.getAttribute(path, "unix:mode");
        } catch (IOException e) {
            throw ReadFailure.of(path, e);
        }
        if ((mode & OTHERS) != 0) {
            throw new IOException("%s holds a private key, and other users can use it (mode %04o): chmod 600 %s"
                    .formatted(path, mode & PERMISSIONS, path));
        }
    }
}
