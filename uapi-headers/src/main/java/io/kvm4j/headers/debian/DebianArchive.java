package io.kvm4j.headers.debian;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Suites of the Debian archive that this machine's apt is configured for, though the machine itself may not use them.
 * All state is private: the machine's own is read, never changed. apt verifies what it fetches by the machine's keyring.
 */
public final class DebianArchive {
    private static final Set<String> RELEASES = Set.of(
            "bullseye", "bookworm", "trixie", "forky", "duke", "sid", "stable", "testing", "unstable", "oldstable");
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");

    private final Path state;
    private final String suites;

    private DebianArchive(Path state, List<String> suites) {
        this.state = state;
        this.suites = String.join(", ", suites);
    }

    /**
     * Fetches the suites' lists of packages.
     *
     * @param root where the private state of all suites is kept
     * @param architecture as Debian calls it
     * @throws DebianException if there is no such archive, or it can't be reached
     */
    public static DebianArchive open(Path root, List<String> suites, String architecture) throws IOException {
        Path state = root.resolve(String.join("+", suites) + "-" + architecture);
        DebianArchive archive = new DebianArchive(state, suites);
        Files.createDirectories(state.resolve("lists/partial"));
        Files.createDirectories(state.resolve("cache/archives/partial"));
        // apt refuses rather than waits where another process reads the same lists.
        try (FileChannel channel =
                        FileChannel.open(state.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            Files.writeString(state.resolve("sources.list"), sources(suites));
            Files.writeString(state.resolve("apt.conf"), configuration(state, architecture));
            archive.apt("apt-get", "update", "-q").succeed("read the package list of Debian's " + archive.suites);
        }
        return archive;
    }

    /** Hooks are cleared: they are meant for the machine's own state. */
    private static String configuration(Path state, String architecture) {
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
            Acquire::Retries "3";
            """.formatted(state, architecture);
    }

    /** One line of a sources.list for each suite, on the archives that the machine takes Debian itself from. */
    private static String sources(List<String> suites) {
        List<Configured> configured = configured();
        String options = Files.exists(KEYRING) ? "[signed-by=" + KEYRING + "] " : "";
        String sources = suites.stream()
                .flatMap(suite -> addressesFor(suite, configured)
                        .map(address -> "deb " + options + address + " " + suite + " main\n"))
                .collect(Collectors.joining());
        if (sources.isEmpty()) {
            throw new DebianException("apt knows no Debian archive to take " + String.join(", ", suites)
                    + " from: add one to its sources");
        }
        return sources;
    }

    /** An archive that apt is configured for, and the release that it is used for. */
    private record Configured(String address, String release) {
        boolean isSecurity() {
            return release.endsWith("-security");
        }
    }

    /**
     * Debian's own archives. Others say that they have another origin, or nothing as long as their lists were not read;
     * their releases may have the names of Debian's.
     */
    private static List<Configured> configured() {
        return Command.of(
                        "apt-get",
                        "indextargets",
                        "--format",
                        "$(REPO_URI) $(RELEASE) $(ORIGIN)",
                        "Created-By: Packages")
                .succeed("read apt's configuration")
                .stream()
                .map(line -> line.split(" ", 3))
                .filter(fields -> fields.length == 3
                        && RELEASES.contains(fields[1].replaceFirst("-.*", ""))
                        && (fields[2].isBlank() || fields[2].equals("Debian")))
                .map(fields -> new Configured(fields[0], fields[1]))
                .toList();
    }

    /** Security updates have an archive of their own. */
    private static Stream<String> addressesFor(String suite, List<Configured> configured) {
        boolean security = suite.endsWith("-security");
        return configured.stream()
                .filter(archive -> archive.isSecurity() == security)
                .map(Configured::address)
                .collect(Collectors.toCollection(TreeSet::new))
                .stream();
    }

    /**
     * A package of the archive.
     *
     * @param version Debian's
     * @param sha256 of its file
     * @param depends the names of packages that it depends on, alternatives among them
     */
    public record Entry(String name, String version, String sha256, List<String> depends) {
        public Entry {
            depends = List.copyOf(depends);
        }
    }

    /**
     * The newest version of a package.
     *
     * @throws DebianException if the archive holds none
     */
    public Entry newest(String name) {
        return newest(name, "")
                .orElseThrow(() -> new DebianException("there is no package " + name + " in Debian's " + suites));
    }

    /** The newest version of a package among those that begin like this. */
    public Optional<Entry> newest(String name, String versionPrefix) {
        return apt("apt-cache", "madison", name).succeed("find " + name + " in Debian's " + suites).stream()
                .map(line -> line.split("\\|"))
                .filter(fields -> fields.length == 3)
                .map(fields -> fields[1].strip())
                .filter(version -> version.startsWith(versionPrefix))
                .findFirst()
                .map(version -> entry(name, version));
    }

    private Entry entry(String name, String version) {
        Map<String, String> fields = new LinkedHashMap<>();
        apt("apt-cache", "show", name + "=" + version)
                .succeed("read about " + name + " in Debian's " + suites)
                .forEach(line -> {
                    int colon = line.indexOf(": ");
                    if (colon > 0 && !line.startsWith(" ")) {
                        fields.putIfAbsent(line.substring(0, colon), line.substring(colon + 2));
                    }
                });
        return new Entry(
                name,
                version,
                fields.getOrDefault("SHA256", ""),
                Arrays.stream(fields.getOrDefault("Depends", "").split("[,|]"))
                        .map(dependency -> dependency.strip().replaceFirst("[ :(].*", ""))
                        .filter(Predicate.not(String::isEmpty))
                        .toList());
    }

    /** The packages whose names match, among all that a package leads to by way of such packages. */
    public Collection<Entry> leadsTo(String name, String pattern) {
        Map<String, Entry> found = new LinkedHashMap<>();
        Deque<String> ahead = new ArrayDeque<>(newest(name).depends());
        while (!ahead.isEmpty()) {
            String next = ahead.removeFirst();
            if (next.matches(pattern) && !found.containsKey(next)) {
                Entry entry = newest(next);
                found.put(next, entry);
                ahead.addAll(entry.depends());
            }
        }
        if (found.isEmpty()) {
            throw new DebianException(name + " of Debian's " + suites + " leads to no package like " + pattern);
        }
        return found.values();
    }

    /** Downloads packages and unpacks them all into one directory, without installing anything. */
    public void unpack(Collection<Entry> entries, Path directory) throws IOException {
        try (ScratchDirectory downloads = ScratchDirectory.in(state, "downloads")) {
            List<String> words = new ArrayList<>(List.of("apt-get", "-q", "download"));
            entries.forEach(entry -> words.add(entry.name() + "=" + entry.version()));
            apt(words.toArray(String[]::new)).in(downloads.path()).succeed("download from Debian's " + suites);
            List<Path> files;
            try (Stream<Path> listing = Files.list(downloads.path())) {
                files = listing.filter(file -> file.toString().endsWith(".deb")).toList();
            }
            for (Path file : files) {
                Command.of("dpkg-deb", "-x", file.toString(), directory.toString())
                        .succeed("unpack " + file);
            }
        }
    }

    private Command apt(String... words) {
        return Command.of(words).with("APT_CONFIG", state.resolve("apt.conf").toString());
    }
}
