package io.kvm4j.headers.cli;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.snapshot.SpecClaims;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Finds what the specs of a clone claim. The processor wrote it, at the last build, whether the bindings compiled or not. */
final class BuiltSpecs {
    /** The directories that the clone's builds leave classes in. */
    private static final List<String> BUILDS =
            List.of("target/classes", "target/quick/classes", "target/launcher/classes");

    private BuiltSpecs() {}

    /**
     * Reads the claims of the newest build; none if there was no build.
     *
     * @throws HeadersException with {@link Problem#ENVIRONMENT} if there is a file that cannot be read
     */
    static SpecClaims claims(Path project) {
        Stream<Path> files = BUILDS.stream()
                .map(build ->
                        project.resolve("generated-bindings").resolve(build).resolve(SpecClaims.RESOURCE));
        return files.filter(Files::isRegularFile)
                .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
                .map(BuiltSpecs::read)
                .orElseGet(SpecClaims::none);
    }

    private static SpecClaims read(Path file) {
        try {
            return SpecClaims.read(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new HeadersException(Problem.ENVIRONMENT, "cannot read " + file + ": build the bindings again", e);
        }
    }
}
