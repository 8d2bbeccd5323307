package io.kvm4j.testbed.image;

import io.kvm4j.headers.debian.Command;
import io.kvm4j.headers.debian.DebianArchive;
import io.kvm4j.headers.debian.MachinePackages;
import io.kvm4j.headers.debian.Trees;
import io.kvm4j.testbed.Kernel;
import io.kvm4j.testbed.Machine;
import io.kvm4j.testbed.TestbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Takes a kernel and its modules out of Debian's packages. */
record PackagedKernel(
        Kernel.Packaged kernel,
        Machine machine,
        DebianArchive archive,
        MachinePackages packages,
        Consumer<String> progress) {
    void build(Path scratch, Path directory) throws IOException {
        packages.require(List.of("kmod", "xz-utils"));
        Collection<DebianArchive.Entry> parts = archive.leadsTo(kernel.metapackage(), kernel.parts());
        String origin = parts.iterator().next().version();
        progress.accept("downloading the packages of Linux " + origin);
        archive.unpack(parts, scratch);
        Path image = only(scratch, file -> file.getFileName().toString().startsWith("vmlinuz"));
        BuiltKernel built = new BuiltKernel(directory);
        Files.copy(image, built.image());
        built.writeOrigin("Debian " + origin);
        built.writeModules(modules(scratch));
        Trees.delete(scratch);
    }

    /** The modules that the machine wants and those that they need, uncompressed and in the order to load them. */
    private List<Path> modules(Path scratch) throws IOException {
        Map<String, Path> files = modulesByName(scratch);
        Set<Path> order = new LinkedHashSet<>();
        for (String name : machine.modules()) {
            add(name, files, order);
        }
        return order.stream().map(PackagedKernel::uncompressed).toList();
    }

    /** By the name that the kernel has for them, which has no hyphens. */
    private static Map<String, Path> modulesByName(Path scratch) throws IOException {
        Map<String, Path> files = new HashMap<>();
        try (Stream<Path> walk = Files.walk(scratch)) {
            walk.filter(file -> file.getFileName().toString().matches(".*\\.ko(\\.xz)?"))
                    .forEach(file -> files.put(
                            file.getFileName()
                                    .toString()
                                    .replaceFirst("\\.ko.*", "")
                                    .replace('-', '_'),
                            file));
        }
        return files;
    }

    /** A module that there is no file of is built in. */
    private static void add(String name, Map<String, Path> files, Set<Path> order) {
        Path file = files.get(name);
        if (file == null || order.contains(file)) {
            return;
        }
        String needed = String.join(
                "",
                Command.of("/sbin/modinfo", "-F", "depends", file.toString()).succeed("read " + file));
        Arrays.stream(needed.split(","))
                .filter(Predicate.not(String::isBlank))
                .forEach(other -> add(other.strip().replace('-', '_'), files, order));
        order.add(file);
    }

    private static Path uncompressed(Path file) {
        String name = file.toString();
        if (!name.endsWith(".xz")) {
            return file;
        }
        Command.of("xz", "-d", name).succeed("uncompress " + file);
        return Path.of(name.substring(0, name.length() - ".xz".length()));
    }

    private Path only(Path scratch, Predicate<Path> condition) throws IOException {
        try (Stream<Path> walk = Files.walk(scratch)) {
            Optional<Path> found =
                    walk.filter(Files::isRegularFile).filter(condition).findFirst();
            return found.orElseThrow(
                    () -> new TestbedException("the packages of " + kernel.metapackage() + " hold no kernel"));
        }
    }
}
