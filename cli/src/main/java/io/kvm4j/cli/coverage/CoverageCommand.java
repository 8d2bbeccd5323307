package io.kvm4j.cli.coverage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvm4j.headers.cli.CloneDirectory;
import io.kvm4j.headers.regeneration.Regeneration;
import io.kvm4j.headers.sets.SnapshotSet;
import io.kvm4j.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code kvm4j uapi coverage}. */
@Command(
        name = "coverage",
        description = {
            "Counts what the bindings offer of a header set: ioctls, exits, arms of the exits' union, constants.",
            "The exit status is 1 if an ioctl, an exit or an arm is open."
        },
        mixinStandardHelpOptions = true)
public final class CoverageCommand implements Callable<Integer> {
    @Option(
            names = "--set",
            paramLabel = "NAME",
            description = "The header set, a snapshot file or a directory of them; the set that the bindings are"
                    + " generated from by default.")
    private @Nullable String set;

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    /** Makes the command for picocli. */
    public CoverageCommand() {}

    @Override
    public Integer call() {
        GeneratedPackages packages = new GeneratedPackages(BindingClasses.all());
        String name = set == null ? packages.set() : set;
        Coverage coverage = Coverage.of(packages, snapshots(name, packages));
        System.out.println(json ? toJson(name, packages, coverage) : toText(name, packages, coverage));
        return coverage.isComplete() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** The set's snapshots of the architectures that there are bindings for. */
    private static List<Snapshot> snapshots(String set, GeneratedPackages packages) {
        Path sets = Regeneration.setsDirectory(CloneDirectory.orHere());
        return SnapshotSet.read(set, sets).snapshots().stream()
                .filter(s -> packages.architectures().contains(s.architecture()))
                .toList();
    }

    private static String toText(String set, GeneratedPackages packages, Coverage coverage) {
        List<String> lines = new ArrayList<>();
        lines.add("header set %s, bindings generated from %s".formatted(set, packages.set()));
        for (Coverage.Ioctls i : coverage.ioctls()) {
            lines.add("%-8s %-20s ioctls %s, of %d macros"
                    .formatted(i.architecture(), i.header(), fraction(i.methods()), i.macros()));
            lines.add("    methods: %d pairs of ioctl and descriptor, %s".formatted(sum(i.pairs()), join(i.pairs())));
            i.excused().forEach((reason, count) -> lines.add("    without one: %d, %s".formatted(count, reason)));
            i.methods().open().forEach(request -> lines.add("    open: " + request));
        }
        lines.add("exits    " + fraction(coverage.exits()));
        coverage.exits().open().forEach(reason -> lines.add("    open: " + reason));
        lines.add("arms     " + fraction(coverage.arms()));
        coverage.arms().open().forEach(arm -> lines.add("    open: " + arm));
        for (Coverage.Constants c : coverage.constants()) {
            String missing = c.missing().isEmpty()
                    ? ""
                    : ", %d not in these bindings".formatted(c.missing().size());
            lines.add("%-8s constants: %d flags, %d values, %d ioctl numbers, %d plain%s"
                    .formatted(c.architecture(), c.flags(), c.values(), c.requests(), c.plainTotal(), missing));
            c.plain().forEach((reason, count) -> lines.add("    plain: %d, %s".formatted(count, reason)));
            c.missing().forEach(name -> lines.add("    open: " + name));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static String fraction(Coverage.Part part) {
        return part.covered() + "/" + part.total();
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static String join(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String toJson(String set, GeneratedPackages packages, Coverage coverage) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode()
                .put("set", set)
                .put("bindings", packages.set())
                .put("complete", coverage.isComplete());
        for (Coverage.Ioctls i : coverage.ioctls()) {
            ObjectNode node = root.withArray("ioctls")
                    .addObject()
                    .put("architecture", i.architecture())
                    .put("header", i.header())
                    .put("macros", i.macros());
            add(node, i.methods());
            node.put("pairs", sum(i.pairs()));
            i.pairs().forEach(node.putObject("descriptors")::put);
            i.excused().forEach(node.putObject("excused")::put);
        }
        add(root.putObject("exits"), coverage.exits());
        add(root.putObject("arms"), coverage.arms());
        for (Coverage.Constants c : coverage.constants()) {
            ObjectNode node = root.withArray("constants")
                    .addObject()
                    .put("architecture", c.architecture())
                    .put("flags", c.flags())
                    .put("values", c.values())
                    .put("requests", c.requests())
                    .put("plain", c.plainTotal());
            c.plain().forEach(node.putObject("reasons")::put);
            c.missing().forEach(node.putArray("missing")::add);
        }
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and strings is always JSON", e);
        }
    }

    private static void add(ObjectNode node, Coverage.Part part) {
        node.put("covered", part.covered()).put("total", part.total());
        part.open().forEach(node.putArray("open")::add);
    }
}
