package io.kvm4j.headers.cli;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.diff.DiffHtml;
import io.kvm4j.headers.diff.DiffJson;
import io.kvm4j.headers.diff.DiffText;
import io.kvm4j.headers.diff.SetDiff;
import io.kvm4j.headers.program.OutputFile;
import io.kvm4j.headers.program.Terminal;
import io.kvm4j.headers.regeneration.Regeneration;
import io.kvm4j.headers.sets.SnapshotSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvm4j uapi diff}. */
@Command(
        name = "diff",
        description = {
            "Shows what two header sets declare differently, and what a spec author has to write now.",
            "A set is named, or given as a snapshot file or a directory of them.",
            "What the specs claim already is left out, once the bindings have been built."
        },
        mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "The earlier set, for example linux-6.12.")
    @SuppressWarnings("NullAway.Init")
    private String before;

    @Parameters(index = "1", paramLabel = "B", description = "The later set, for example linux-7.2.")
    @SuppressWarnings("NullAway.Init")
    private String after;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "An architecture to compare; may be repeated. All that both have by default.")
    private List<String> architectures = new ArrayList<>();

    @ArgGroup
    private @Nullable Form form;

    private static final class Form {
        @Option(names = "--json", description = "Print JSON instead of text.")
        private boolean json;

        @Option(names = "--html", paramLabel = "FILE", description = "Write one HTML page that needs nothing else.")
        private @Nullable Path html;
    }

    /** Made by picocli. */
    DiffCommand() {}

    @Override
    public Integer call() throws IOException {
        architectures.forEach(Architecture::of);
        Path sets = Regeneration.setsDirectory(CloneDirectory.orHere());
        SetDiff diff = SetDiff.of(SnapshotSet.read(before, sets), SnapshotSet.read(after, sets), architectures)
                .with(BuiltSpecs.claims(CloneDirectory.orHere()));
        if (form != null && form.json) {
            System.out.println(DiffJson.of(diff));
        } else if (form != null && form.html != null) {
            OutputFile.write(form.html, DiffHtml.of(diff));
            System.out.println(form.html + ": written");
        } else {
            DiffText.of(diff).forEach(line -> System.out.println(Terminal.shown(line)));
        }
        return ExitCode.OK;
    }
}
