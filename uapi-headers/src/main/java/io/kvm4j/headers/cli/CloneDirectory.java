package io.kvm4j.headers.cli;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import java.nio.file.Files;
import java.nio.file.Path;

/** The clone of the project that the launcher stands in, which keeps the snapshots. */
public final class CloneDirectory {
    /** Set by the launcher. */
    private static final String HOME = "kvm4j.home";

    private CloneDirectory() {}

    /**
     * Where the clone is.
     *
     * @throws HeadersException if this runs from somewhere else
     */
    public static Path get() {
        Path project = orHere();
        if (!Files.isDirectory(project.resolve("uapi-headers"))) {
            throw new HeadersException(
                    Problem.ENVIRONMENT,
                    project.toAbsolutePath()
                            + " is no clone of kvm4j: run ./kvm4j in one, since it keeps the snapshots");
        }
        return project;
    }

    /** Where the clone is, or the working directory. */
    public static Path orHere() {
        return Path.of(System.getProperty(HOME, ""));
    }
}
