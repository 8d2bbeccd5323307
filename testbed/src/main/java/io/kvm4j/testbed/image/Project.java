package io.kvm4j.testbed.image;

import io.kvm4j.testbed.TestbedException;
import java.io.File;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * This project as it runs inside a host: the very modules that this program was started from.
 *
 * @param jars its modules
 */
public record Project(List<Path> jars) {
    private static final String JAVA = "/java/bin/java";
    private static final String MODULES = "kvm4j/modules";
    private static final String TESTS = "kvm4j/tests";
    private static final String JUNIT = "kvm4j/junit";
    private static final String APP = "app";

    /** The terminal or file at the other end takes UTF-8, whatever the host's locale is. */
    private static final List<String> UTF8 = List.of("-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8");

    /** The tag of tests that run only when asked for. */
    private static final String SLOW = "slow";

    /** The modules that have tests for a host. */
    private static final List<String> TESTED = List.of("generated-bindings", "runtime", "examples", "cli", "testbed");

    /** What tests and JUnit use beyond what the modules name. */
    private static final List<String> MODULES_OF_TESTS =
            List.of("java.logging", "java.management", "java.xml", "jdk.management");

    public Project {
        jars = List.copyOf(jars);
    }

    /** The module path of this JVM. */
    public static Project running() {
        String path = System.getProperty("jdk.module.path", "");
        return new Project(Arrays.stream(path.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toList());
    }

    /** The modules of the JDK that it needs. */
    public NavigableSet<String> platformModules() {
        ModuleFinder platform = ModuleFinder.ofSystem();
        NavigableSet<String> modules = new TreeSet<>(MODULES_OF_TESTS);
        for (ModuleReference module : ModuleFinder.of(jars.toArray(Path[]::new)).findAll()) {
            module.descriptor().requires().stream()
                    .filter(requires -> !requires.modifiers().contains(Requires.Modifier.STATIC))
                    .map(Requires::name)
                    .filter(name -> platform.find(name).isPresent())
                    .forEach(modules::add);
        }
        return modules;
    }

    /** A {@code kvm4j} command. */
    public Job command(List<String> words) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(UTF8);
        command.addAll(List.of(
                "--module-path",
                "/" + MODULES,
                "--enable-native-access=io.kvm4j.bindings,io.kvm4j.runtime",
                "--module",
                "io.kvm4j.cli/io.kvm4j.cli.Main"));
        command.addAll(words);
        return new Job(command, files());
    }

    /**
     * A user's own program, with the jars of this project on its class path. Its working directory is {@code /results},
     * where it leaves the files that are to come back.
     *
     * @param directory holds the program's classes, or its jars, or both
     * @param words the main class and its arguments
     */
    public Job program(Path directory, List<String> words) {
        Map<String, Path> files = files();
        files.put(APP, directory);
        List<String> java = new ArrayList<>(List.of(JAVA));
        java.addAll(UTF8);
        java.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--class-path",
                "/" + APP + ":/" + APP + "/*:/" + MODULES + "/*"));
        java.addAll(words);
        return new Job(java, files).in("/results");
    }

    /**
     * The tests with a tag, run by JUnit on the class path. What it reports goes to the results.
     *
     * @param home where this project's modules lie
     * @throws TestbedException if the tests have not been compiled
     */
    public Job tests(Path home, String tag) {
        Map<String, Path> files = files();
        List<String> classes = new ArrayList<>();
        for (String module : TESTED) {
            Path compiled = home.resolve(module).resolve("target/test-classes");
            if (Files.isDirectory(compiled)) {
                files.put(TESTS + "/" + module, compiled);
                classes.add("/" + TESTS + "/" + module);
            }
        }
        Path junit = home.resolve("testbed/target/junit");
        if (classes.isEmpty() || !Files.isDirectory(junit)) {
            throw new TestbedException("no compiled tests in " + home + ": run mvn verify -DskipTests");
        }
        files.put(JUNIT, junit);
        String scanned = String.join(":", classes);
        return new Job(
                List.of(
                        JAVA,
                        "--module-path",
                        "/" + MODULES,
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dkvm4j.kvm=required",
                        "-Dkvm4j.testbed.feed=true",
                        "-Dkvm4j.tests.jvm.option=-Xint",
                        "--class-path",
                        scanned + ":/" + MODULES + "/*:/" + JUNIT + "/*",
                        "org.junit.platform.console.ConsoleLauncher",
                        "execute",
                        "--disable-banner",
                        "--disable-ansi-colors",
                        "--details=none",
                        "--include-tag=" + tag,
                        "--exclude-tag=" + (tag.equals(SLOW) ? "none" : SLOW),
                        "--scan-class-path=" + scanned,
                        "--reports-dir=/results"),
                files);
    }

    private Map<String, Path> files() {
        Map<String, Path> files = new LinkedHashMap<>();
        for (Path jar : jars) {
            for (ModuleReference module : ModuleFinder.of(jar).findAll()) {
                Path file = Path.of(module.location().orElseThrow());
                files.put(MODULES + "/" + file.getFileName(), file);
            }
        }
        return files;
    }
}
