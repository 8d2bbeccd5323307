package io.kvm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.ParameterException;

/** What README and docs say can be done: links lead somewhere, commands are taken, and Java compiles. */
class PagesTest {
    private static final Path HOME = Path.of("..");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern COMMAND = Pattern.compile("(?m)^(?:\\./)?kvm4j +([^#>|\n]*)");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
    private static final Pattern JAVA =
            Pattern.compile("(?ms)(?:^<!-- (given|file): ([^>]*) -->\n)?^```java\n(.*?)^```$");

    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String each : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "processor/DIAGNOSTICS.md")) {
            pages.add(HOME.resolve(each));
        }
        for (String folder : List.of("docs", "examples/starter", "examples/own-uapi", "benchmarks/report")) {
            try (Stream<Path> files = Files.list(HOME.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path page) throws IOException {
        Set<String> broken = new TreeSet<>();
        String text = BLOCK.matcher(Files.readString(page)).replaceAll("");
        for (MatchResult link : LINK.matcher(text).results().toList()) {
            String target = link.group(1);
            if (!target.startsWith("https://") && !exists(page, target)) {
                broken.add(target);
            }
        }
        assertEquals(Set.of(), broken);
    }

    private static boolean exists(Path page, String target) throws IOException {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
        return Files.exists(file) && (parts.length == 1 || anchors(file).contains(parts[1]));
    }

    private static Set<String> anchors(Path file) throws IOException {
        Set<String> anchors = new TreeSet<>();
        for (MatchResult heading :
                HEADING.matcher(Files.readString(file)).results().toList()) {
            anchors.add(heading.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\w -]", "")
                    .replace(' ', '-'));
        }
        return anchors;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void commandsAreTaken(Path page) throws IOException {
        List<String> refused = new ArrayList<>();
        for (MatchResult block : BLOCK.matcher(Files.readString(page)).results().toList()) {
            if (block.group(1).equals("sh") || block.group(1).isEmpty()) {
                for (MatchResult command : COMMAND.matcher(block.group(2).replace("\\\n", " "))
                        .results()
                        .toList()) {
                    String arguments = command.group(1).strip();
                    String refusal = refusal(arguments);
                    if (refusal != null) {
                        refused.add(arguments + ": " + refusal);
                    }
                }
            }
        }
        assertEquals(List.of(), refused);
    }

    /** The testbed's command line is in a module of its own: here only what it is to run in a host. */
    private static @org.jspecify.annotations.Nullable String refusal(String arguments) {
        String own = arguments;
        if (arguments.startsWith("testbed")) {
            int inside = arguments.indexOf(" -- ");
            if (inside < 0 || arguments.startsWith("exec", inside + 4) || arguments.contains("--app")) {
                return null;
            }
            own = arguments.substring(inside + 4);
        }
        try {
            Main.commandLine().parseArgs(own.split("\\s+"));
            return null;
        } catch (ParameterException e) {
            return e.getMessage();
        }
    }

    /** A snippet is compiled here, or it is a part of a file that the build compiles. */
    @ParameterizedTest
    @MethodSource("pages")
    void javaCompiles(Path page) throws IOException {
        for (MatchResult snippet :
                JAVA.matcher(Files.readString(page)).results().toList()) {
            String note = snippet.group(2) == null ? "" : snippet.group(2);
            String java = snippet.group(3);
            if ("file".equals(snippet.group(1))) {
                String whole = Files.readString(HOME.resolve(note));
                assertTrue(withoutSpace(whole).contains(withoutSpace(java)), java);
            } else {
                assertEquals(List.of(), SnippetCompiler.errors(note, java), java);
            }
        }
    }

    private static String withoutSpace(String java) {
        return java.replaceAll("\\s", "");
    }
}
