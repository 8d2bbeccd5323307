package io.kvm4j.headers.sets;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Debian archive that the machine's apt is configured for, asked about suites that the machine itself may not use.
 * All state is private; the machine's own apt state is read, never changed.
 */
final class AptArchive {
    private static final Set<String> DEBIAN_RELEASES = Set.of(
            "bullseye", "bookworm", "trixie", "forky", "duke", "sid", "stable", "testing", "unstable", "oldstable");
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");

    private final Path state;
    private final DebianRelease release;

    private AptArchive(Path state, DebianRelease release) {
        this.state = state;
        this.release = release;
    }

    /**
     * Fetches the lists of the suites.
     *
     * @param root where private apt state is kept
     * @throws HeadersException with {@link Problem#SOURCE_UNAVAILABLE}
     */
    static AptArchive open(Path root, DebianRelease release, Architecture architecture) throws IOException {
        Path state = root.resolve(String.join("+", release.suites()) + "-" + architecture.debianName());
        AptArchive archive = new AptArchive(state, release);
        List<String> sources = archive.sources();
        Files.createDirectories(state.resolve("lists/partial"));
        Files.createDirectories(state.resolve("cache/archives/partial"));
        Files.writeString(state.resolve("sources.list"), String.join("\n", sources) + "\n");
        Files.writeString(state.resolve("apt.conf"), archive.configuration(architecture));
        Outcome update = archive.run("apt-get", "update", "-q");
        if (update.status() != 0) {
            throw unavailable("apt-get update fails for " + release.suites() + ": " + update.lastLine());
        }
        return archive;
    }

    /** Hooks are cleared: they are meant for the machine's own state. */
    private String configuration(Architecture architecture) {
        return """
            #clear APT::Update::Pre-Invoke;
            #clear APT::Update::Post-Invoke;
            #clear APT::Update::Post-Invoke-Success;
            Dir::State "%1$s";
            Dir::State::Lists "%1$s/lists";
            Dir::State::status "/dev/null";
            Dir::Cache "%1$s/cache";
            Dir::Etc::SourceList "%1$s/sources.list";
            Dir::Etc::SourceParts "/dev/null";
            Dir::Etc::Preferences "/dev/null";
            Dir::Etc::PreferencesParts "/dev/null";
            APT::Architecture "%2$s";
            #clear APT::Architectures;
            APT::Architectures { "%2$s"; };
            APT::Sandbox::User "root";
            Acquire::Languages "none";
            """.formatted(state, architecture.debianName());
    }

    /** One line of a sources.list for each suite, on the machine's own archive. */
    private List<String> sources() {
        List<String[]> configured = configuredArchives();
        String options = Files.exists(KEYRING) ? "[signed-by=" + KEYRING + "] " : "";
        List<String> sources = release.suites().stream()
                .flatMap(suite ->
                        archivesFor(suite, configured).map(uri -> "deb " + options + uri + " " + suite + " main"))
                .toList();
        if (sources.isEmpty()) {
            throw unavailable("this machine's apt is configured for no Debian archive that could hold "
                    + String.join(", ", release.suites()));
        }
        return sources;
    }

    /** The archives that apt is configured for, as pairs of address and suite. */
    private List<String[]> configuredArchives() {
        Outcome targets = execute(
                Map.of(),
                List.of("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"));
        return targets.output()
                .lines()
                .map(line -> line.split(" "))
                .filter(fields -> fields.length == 2 && DEBIAN_RELEASES.contains(fields[1].replaceFirst("-.*", "")))
                .toList();
    }

    /** Security updates have an archive of their own. */
    private static Stream<String> archivesFor(String suite, List<String[]> configured) {
        boolean security = suite.endsWith("-security");
        return configured.stream()
                .filter(fields -> fields[1].endsWith("-security") == security)
                .map(fields -> fields[0])
                .collect(Collectors.toCollection(TreeSet::new))
                .stream();
    }

    /** The newest version of the release line that the archive holds a package in, for the architecture. */
    Optional<String> newestVersion(String name) {
        return run("apt-cache", "madison", name)
                .output()
                .lines()
                .map(line -> line.split("\\|"))
                .filter(fields -> fields.length == 3)
                .map(fields -> fields[1].strip())
                .filter(version -> version.startsWith(release.versionPrefix()))
                .findFirst();
    }

    /** Downloads a package, which apt verifies, and unpacks it into a directory for the caller to move. */
    Path downloadAndUnpack(String name, String version) throws IOException {
        Path downloads = state.resolve("downloads").resolve(name);
        Trees.delete(downloads);
        Files.createDirectories(downloads);
        Outcome download =
                execute(environment(), List.of("apt-get", "-q", "download", name + "=" + version), downloads);
        List<Path> packages;
        try (Stream<Path> files = Files.list(downloads)) {
            packages = files.filter(file -> file.toString().endsWith(".deb")).toList();
        }
        if (download.status() != 0 || packages.size() != 1) {
            throw unavailable("apt-get cannot download " + name + " " + version + ": " + download.lastLine());
        }
        Path unpacked = downloads.resolve("unpacked");
        Outcome unpack =
                execute(Map.of(), List.of("dpkg-deb", "-x", packages.getFirst().toString(), unpacked.toString()));
        if (unpack.status() != 0) {
            throw unavailable("dpkg-deb cannot unpack " + packages.getFirst() + ": " + unpack.lastLine());
        }
        return unpacked;
    }

    private Outcome run(String... command) {
        return execute(environment(), Arrays.asList(command));
    }

    private Map<String, String> environment() {
        return Map.of("APT_CONFIG", state.resolve("apt.conf").toString());
    }

    private static Outcome execute(Map<String, String> environment, List<String> command) {
        return execute(environment, command, Path.of("").toAbsolutePath());
    }

    private static Outcome execute(Map<String, String> environment, List<String> command, Path directory) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
            builder.environment().putAll(environment);
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new HeadersException(
                    Problem.SOURCE_UNAVAILABLE,
                    command.getFirst() + " does not run here (" + e.getMessage()
                            + "); give the headers with --headers DIR",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while " + command.getFirst() + " ran", e));
        }
    }

    static HeadersException unavailable(String cause) {
        return new HeadersException(
                Problem.SOURCE_UNAVAILABLE, cause + "; give the headers of this line with --headers DIR");
    }

    private record Outcome(int status, String output) {
        String lastLine() {
            return output.lines()
                    .filter(line -> line.startsWith("E:"))
                    .findFirst()
                    .orElse("status " + status);
        }
    }
}
