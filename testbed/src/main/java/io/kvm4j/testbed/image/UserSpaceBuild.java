package io.kvm4j.testbed.image;

import io.kvm4j.headers.debian.Command;
import io.kvm4j.headers.debian.MachinePackages;
import io.kvm4j.headers.debian.Trees;
import io.kvm4j.testbed.cache.Key;
import io.kvm4j.testbed.cpio.CpioWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Packs what every host has besides its kernel: a Java runtime, the C library that it needs, busybox and init.
 *
 * @param javaHome the JDK to take the runtime from
 * @param platformModules the modules of the runtime
 * @param jvmOptions options that every JVM inside has
 * @param packages the machine's own packages
 * @param progress takes a line for each step
 */
record UserSpaceBuild(
        Path javaHome,
        NavigableSet<String> platformModules,
        List<String> jvmOptions,
        MachinePackages packages,
        Consumer<String> progress) {
    /** Changes with what this code does. */
    private static final String RECIPE = "1";

    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final Pattern LIBRARY = Pattern.compile("(?:=> |^\\s*)(/\\S+) \\(0x");

    /** The hash of all that goes into it, for which the packages that it comes from are installed. */
    String hash() throws IOException {
        packages.require(List.of("busybox-static"));
        Key key = new Key().add(RECIPE).add(Resources.text("image/init"));
        key.add(String.join(",", platformModules)).add(String.join(" ", jvmOptions));
        key.add(Files.readAllBytes(javaHome.resolve("release"))).add(Files.readAllBytes(BUSYBOX));
        for (String library : libraries(javaHome)) {
            key.add(Files.readAllBytes(Path.of(library)));
        }
        return key.hash();
    }

    /** Puts the archive into the directory. */
    void build(Path directory) throws IOException {
        progress.accept("packing a Java runtime");
        Path runtime = directory.resolve("runtime");
        Command.of(
                        javaHome.resolve("bin/jlink").toString(),
                        "--add-modules",
                        String.join(",", platformModules),
                        "--strip-debug",
                        "--no-header-files",
                        "--no-man-pages",
                        "--generate-cds-archive",
                        "--add-options",
                        String.join(" ", jvmOptions) + " -XX:ErrorFile=/results/hs_err_%p.log",
                        "--output",
                        runtime.toString())
                .succeed("pack a Java runtime");
        try (CpioWriter archive = new CpioWriter(new BufferedOutputStream(Files.newOutputStream(archive(directory))))) {
            archive.program("init", Resources.text("image/init").getBytes(StandardCharsets.UTF_8));
            archive.copy("bin/busybox", BUSYBOX);
            archive.link("bin/sh", "busybox");
            archive.directory("tmp");
            archive.copy("java", runtime);
            for (String library : libraries(runtime)) {
                archive.copy(library.substring(1), Path.of(library));
            }
        }
        Trees.delete(runtime);
    }

    /** Where {@link #build} puts the archive. */
    static Path archive(Path directory) {
        return directory.resolve("userspace.cpio");
    }

    /** The machine's libraries that a runtime's programs and libraries ask for, the dynamic loader among them. */
    private static NavigableSet<String> libraries(Path runtime) throws IOException {
        NavigableSet<String> libraries = new TreeSet<>();
        List<Path> libjvm = List.of(runtime.resolve("bin/java"), runtime.resolve("lib/server/libjvm.so"));
        try (Stream<Path> own = Files.list(runtime.resolve("lib"))) {
            Stream.concat(libjvm.stream(), own.filter(file -> file.toString().endsWith(".so")))
                    .map(file -> Command.of("ldd", file.toString()).run())
                    .flatMap(result -> result.output().stream())
                    .map(LIBRARY::matcher)
                    .filter(Matcher::find)
                    .map(line -> line.group(1))
                    .filter(library -> !Path.of(library).normalize().startsWith(runtime))
                    .forEach(libraries::add);
        }
        return libraries;
    }
}
