package io.kvm4j.examples.cli;

import io.kvm4j.headers.Regeneration;
import io.kvm4j.headers.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kvm4j uapi regenerate}. */
@Command(
        name = "regenerate",
        description = {
            "Makes the ABI snapshot of a header set for one architecture, and writes it into the clone.",
            "It needs jextract, from JEXTRACT_HOME or the PATH."
        },
        mixinStandardHelpOptions = true)
final class RegenerateCommand implements Runnable {
    @Option(
            names = "--set",
            paramLabel = "NAME",
            defaultValue = "linux-7.2",
            description = "The header set; ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private String set;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            defaultValue = "x86_64",
            description = "The architecture; ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private String architecture;

    @Option(
            names = "--headers",
            paramLabel = "DIR",
            description = "A header tree as `make headers_install` makes it, in place of the set's Debian package.")
    private @Nullable Path headers;

    @Option(
            names = "--include",
            paramLabel = "HEADER",
            description = "A header to cover beside linux/kvm.h and linux/userfaultfd.h; may be repeated.")
    private List<String> includes = new ArrayList<>();

    @Option(names = "--output", paramLabel = "FILE", description = "Where to write, in place of the clone's own place.")
    private @Nullable Path output;

    /** Made by picocli. */
    RegenerateCommand() {}

    @Override
    public void run() {
        Regeneration.Options options = new Regeneration.Options(
                CloneDirectory.get(),
                set,
                architecture,
                Optional.ofNullable(headers),
                includes,
                Optional.ofNullable(output));
        Regeneration.Result result = Regeneration.run(options, System.getenv(), System.err::println);
        Snapshot snapshot = result.snapshot();
        System.out.printf(
                "%s: %s (%d structs and unions, %d constants, %d ioctls, from %s)%n",
                result.file(),
                describe(result.outcome()),
                snapshot.records().size(),
                snapshot.constants().size(),
                snapshot.ioctls().size(),
                result.source());
    }

    private static String describe(Regeneration.Outcome outcome) {
        return switch (outcome) {
            case WRITTEN -> "written";
            case UNCHANGED -> "unchanged";
            case KEPT -> "kept, since newer headers of this line declare the same";
        };
    }
}
