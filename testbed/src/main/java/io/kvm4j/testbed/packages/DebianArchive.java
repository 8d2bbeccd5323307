package io.kvm4j.testbed.packages;

import io.kvm4j.headers.sets.Trees;
import io.kvm4j.testbed.TestbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A suite of the Debian archive that this machine's apt is configured for, though the machine itself may not use that
 * suite. All state is private: the machine's own is read, never changed. apt verifies what it fetches by the machine's
 * keyring.
 */
public final class DebianArchive {
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");

    private final Path state;
    private final String suite;

    private DebianArchive(Path state, String suite) {
        this.state = state;
        this.suite = suite;
    }

    /**
     * Fetches the suite's list of packages.
     *
     * @param root where the private state of all suites is kept
     * @param architecture as Debian calls it
     * @throws TestbedException if there is no such archive, or it can't be reached
     */
    public static DebianArchive open(Path root, String suite, String architecture) throws IOException {
        Path state = root.resolve(suite + "-" + architecture);
        DebianArchive archive = new DebianArchive(state, suite);
        Files.createDirectories(state.resolve("lists/partial"));
        Files.createDirectories(state.resolve("cache/archives/partial"));
        Files.writeString(state.resolve("sources.list"), source(suite));
        Files.writeString(state.resolve("apt.conf"), configuration(state, architecture));
        archive.apt("apt-get", "update", "-q").succeed("read the package list of Debian's " + suite);
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
            """.formatted(state, architecture);
    }

    /** The suite on the archive that the machine takes Debian itself from. */
    private static String source(String suite) {
        String archive = Command.of(
                        "apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN)/$(LABEL)", "Created-By: Packages")
                .succeed("read apt's configuration")
                .stream()
                .filter(line -> line.endsWith(" Debian/Debian"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .findFirst()
                .orElseThrow(() -> new TestbedException("apt knows no Debian archive to take " + suite
                        + " from: add one to its sources and run apt-get update"));
        String options = Files.exists(KEYRING) ? "[signed-by=" + KEYRING + "] " : "";
        return "deb " + options + archive + " " + suite + " main\n";
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

    /** The newest version of a package. */
    public Entry newest(String name) {
        Map<String, String> fields = new LinkedHashMap<>();
        apt("apt-cache", "show", "--no-all-versions", name)
                .succeed("find " + name + " in Debian's " + suite)
                .forEach(line -> {
                    int colon = line.indexOf(": ");
                    if (colon > 0 && !line.startsWith(" ")) {
                        fields.putIfAbsent(line.substring(0, colon), line.substring(colon + 2));
                    }
                });
        return new Entry(
                name,
                fields.getOrDefault("Version", ""),
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
            throw new TestbedException(name + " of Debian's " + suite + " leads to no package like " + pattern);
        }
        return found.values();
    }

    /** Downloads packages and unpacks them all into one directory, without installing anything. */
    public void unpack(Collection<Entry> entries, Path directory) throws IOException {
        Path downloads = state.resolve("downloads");
        Trees.delete(downloads);
        Files.createDirectories(downloads);
        List<String> words = new ArrayList<>(List.of("apt-get", "-q", "download"));
        entries.forEach(entry -> words.add(entry.name() + "=" + entry.version()));
        apt(words.toArray(String[]::new)).in(downloads).succeed("download from Debian's " + suite);
        List<Path> files;
        try (Stream<Path> listing = Files.list(downloads)) {
            files = listing.filter(file -> file.toString().endsWith(".deb")).toList();
        }
        for (Path file : files) {
            Command.of("dpkg-deb", "-x", file.toString(), directory.toString()).succeed("unpack " + file);
        }
        Trees.delete(downloads);
    }

    private Command apt(String... words) {
        return Command.of(words).with("APT_CONFIG", state.resolve("apt.conf").toString());
    }
}
