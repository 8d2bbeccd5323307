import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Measures what the project's own tools cost a build, and writes a report:
 *
 * <ul>
 *   <li>a clean compile of generated-bindings, with the processor ({@code -proc:full}, hand-written sources in) and
 *       without it ({@code -proc:none}, the same sources and what it generated in), taking turns;
 *   <li>the regeneration of one architecture's snapshot, where there is a jextract.
 * </ul>
 *
 * <p>Usage, in a clone that {@code mvn verify} has built: {@code java benchmarks/BuildCosts.java}.
 */
record BuildCosts(Path project, Path work, Path javac) {
    private static final int ROUNDS = 5;
    private static final Path REPORT = Path.of("benchmarks/report/build-costs.md");

    public static void main(String[] args) throws Exception {
        Path project = Path.of("").toAbsolutePath();
        Path sources = project.resolve("generated-bindings/target/generated-sources/annotations");
        if (!Files.isDirectory(sources)) {
            System.err.println("build-costs: run it in a clone, after mvn verify");
            System.exit(2);
        }
        Path work = Files.createTempDirectory("kvm4j-build-costs");
        try {
            Path javac = Path.of(System.getProperty("java.home"), "bin", "javac");
            new BuildCosts(project, work, javac).measure(sources);
        } finally {
            delete(work);
        }
    }

    private void measure(Path generated) throws Exception {
        String processorPath = processorPath();
        Path annotations = project.resolve("processor/target/classes");
        List<String> written = javaFiles(project.resolve("generated-bindings/src/main/java"));
        List<String> all = new ArrayList<>(written);
        all.addAll(javaFiles(generated));
        List<Double> full = new ArrayList<>();
        List<Double> none = new ArrayList<>();
        // The first pair warms the page cache and does not count.
        for (int round = 0; round <= ROUNDS; round++) {
            double withProcessor = compile(
                    processorPath, annotations, List.of("-proc:full", "-Akvm4j.snapshot=" + snapshots()), written);
            double without = compile(processorPath, annotations, List.of("-proc:none"), all);
            if (round > 0) {
                full.add(withProcessor);
                none.add(without);
            }
        }
        write(full, none, all.size(), written.size(), regeneration());
    }

    /** The class path of the processor, as Maven resolves it. */
    private String processorPath() throws Exception {
        Path file = work.resolve("processor-path");
        run(
                List.of(
                        "mvn",
                        "-B",
                        "-q",
                        "-ntp",
                        "-pl",
                        "processor",
                        "-am",
                        "compile",
                        "dependency:build-classpath",
                        "-Dmdep.outputFile=" + file,
                        "-Dkvm4j.quick"));
        return project.resolve("processor/target/classes") + ":" + Files.readString(file).strip();
    }

    private String snapshots() {
        Path sets = project.resolve("uapi-headers/src/main/resources/io/kvm4j/headers/sets");
        try (Stream<Path> all = Files.list(sets)) {
            Stream<Path> proposals = all.filter(set -> set.getFileName().toString().contains("+")).sorted();
            return String.join(
                    ":",
                    Stream.concat(Stream.of(sets.resolve("linux-7.2")), proposals)
                            .map(Path::toString)
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Seconds of one javac, into an empty directory. */
    private double compile(String processorPath, Path annotations, List<String> options, List<String> sources)
            throws Exception {
        Path out = Files.createDirectory(work.resolve("out"));
        Path arguments = work.resolve("arguments");
        Files.writeString(arguments, String.join("\n", sources));
        List<String> command = new ArrayList<>(List.of(javac.toString(), "-d", out.toString(), "-nowarn"));
        command.addAll(List.of("-s", out.toString(), "--processor-path", processorPath));
        command.addAll(List.of("--module-path", annotations + ":" + processorPath));
        command.addAll(options);
        command.add("@" + arguments);
        try {
            long start = System.nanoTime();
            run(command);
            return (System.nanoTime() - start) / 1e9;
        } finally {
            delete(out);
        }
    }

    /** Seconds that one architecture takes, or why that is not known. */
    private String regeneration() throws Exception {
        if (System.getenv("JEXTRACT_HOME") == null) {
            return "not measured: JEXTRACT_HOME is not set";
        }
        List<String> command = List.of("./kvm4j", "uapi", "regenerate", "--set", "linux-7.2", "--arch", "x86_64");
        List<String> aside = new ArrayList<>(command);
        aside.addAll(List.of("--output", work.resolve("snapshot.json").toString()));
        run(List.of("./kvm4j", "uapi", "--version"));
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            run(aside);
            seconds.add((System.nanoTime() - start) / 1e9);
        }
        return spread(seconds);
    }

    private void write(List<Double> full, List<Double> none, int all, int written, String regeneration)
            throws IOException {
        String report = String.format(
                Locale.ROOT,
                """
                # What kvm4j costs a build

                Measured by `java benchmarks/BuildCosts.java` on %d processors, Java %s, load %s before it began to write this.

                | What | Seconds: median (least to most of %d) |
                |---|---|
                | compile of generated-bindings with the processor, %d sources written by hand | %s |
                | the same without it, %d sources, the generated ones among them | %s |
                | what the processor adds, by the medians | %.2f |
                | regeneration of one architecture (linux-7.2, x86_64) | %s |
                """,
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0],
                ROUNDS,
                written,
                spread(full),
                all,
                spread(none),
                median(full) - median(none),
                regeneration);
        Files.createDirectories(project.resolve(REPORT).getParent());
        Files.writeString(project.resolve(REPORT), report);
        System.out.print(report);
    }

    private static String spread(List<Double> seconds) {
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f)",
                median(seconds),
                seconds.stream().mapToDouble(s -> s).min().orElseThrow(),
                seconds.stream().mapToDouble(s -> s).max().orElseThrow());
    }

    private static double median(List<Double> seconds) {
        return seconds.stream().sorted().toList().get(seconds.size() / 2);
    }

    private void run(List<String> command) throws Exception {
        Path log = work.resolve("log");
        int status = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException(command.getFirst() + " ended with status " + status + ":\n" + Files.readString(log));
        }
    }

    private static List<String> javaFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
