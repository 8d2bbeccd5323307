package io.kvm4j.headers.sets;

import io.kvm4j.headers.Architecture;
import java.util.List;

/**
 * A kernel release line as Debian packages it in linux-libc-dev.
 *
 * @param versionPrefix what the package's version starts with, for example {@code 7.2.}
 * @param suites the suites of the archive that may hold it; the newest version of the line among them is taken
 */
public record DebianRelease(String versionPrefix, List<String> suites) {
    /** The package that holds the kernel's user space headers. */
    public static final String PACKAGE = "linux-libc-dev";

    public DebianRelease {
        suites = List.copyOf(suites);
    }

    /** The package that holds the headers of an architecture which the release has no port for, for cross compilers. */
    public static String crossPackage(Architecture architecture) {
        return PACKAGE + "-" + architecture.debianName() + "-cross";
    }
}
