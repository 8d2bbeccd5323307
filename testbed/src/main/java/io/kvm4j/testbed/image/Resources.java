package io.kvm4j.testbed.image;

import io.kvm4j.testbed.Host;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Files that come with this module. */
final class Resources {
    private Resources() {}

    /** The text of a file, named relative to the package of {@link Host}. */
    static String text(String name) throws IOException {
        try (InputStream in = Host.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the module lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
