package io.kvm4j.headers.cli;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.regeneration.Regeneration;
import io.kvm4j.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kvm4j uapi regenerate}. */
@Command(
        name = "regenerate",
        description = {
            "Makes the ABI snapshots of a header set, and writes them into the clone.",
            "It needs jextract, from JEXTRACT_HOME or the PATH."
        },
        mixinStandardHelpOptions = true)
final class RegenerateCommand implements Runnable {
    /** What the build takes if it is not told otherwise. */
    private static final String DEFAULT_SET = "linux-7.2";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--set", paramLabel = "NAME", description = "The header set; linux-7.2 without --headers.")
    private @Nullable String set;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "The architecture; may be repeated. All that have bindings and that the headers are for by"
                    + " default.")
    private List<String> architectures = new ArrayList<>();

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

    @Option(names = "--only", description = "Cover the headers of --include alone: for a uapi that is not KVM's.")
    private boolean only;

    @Option(names = "--output", paramLabel = "FILE", description = "Where to write, in place of the clone's own place.")
    private @Nullable Path output;

    /** Made by picocli. */
    RegenerateCommand() {}

    @Override
    public void run() {
        if (only && includes.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "Missing option: '--include=HEADER', which --only is about");
        }
        String name = set();
        Regeneration.Options options = new Regeneration.Options(
                CloneDirectory.get(),
                name,
                architectures,
                Optional.ofNullable(headers),
                includes,
                only,
                Optional.ofNullable(output));
        Regeneration.Report report = Regeneration.run(options, System.getenv(), System.err::println);
        report.results().forEach(RegenerateCommand::print);
        report.lacking().forEach(this::printLacking);
        if (output == null && !name.equals(DEFAULT_SET) && !name.contains("+")) {
            System.out.println("Bindings of this set: mvn install -Dkvm4j.set=" + name);
        }
    }

    /** Headers of one's own must not take the place of a set of the project by mistake. */
    private String set() {
        if (set == null && headers != null) {
            throw new ParameterException(
                    spec.commandLine(), "Missing option: '--set=NAME', the name that headers of --headers shall have");
        }
        return set == null ? DEFAULT_SET : set;
    }

    private static void print(Regeneration.Result result) {
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

    /** Headers of a second architecture need a tree of their own: both have an asm directory. */
    private void printLacking(Architecture architecture) {
        System.out.printf(
                "%s: not in these headers; in the kernel's tree, make headers_install ARCH=%s INSTALL_HDR_PATH=%s adds"
                        + " it%n",
                architecture.name(),
                architecture.kernelName(),
                Optional.ofNullable(headers)
                        .orElseThrow()
                        .toAbsolutePath()
                        .normalize()
                        .resolve(architecture.name()));
    }

    private static String describe(Regeneration.Outcome outcome) {
        return switch (outcome) {
            case WRITTEN -> "written";
            case UNCHANGED -> "unchanged";
            case KEPT -> "kept, since newer headers of this line declare the same";
        };
    }
}
