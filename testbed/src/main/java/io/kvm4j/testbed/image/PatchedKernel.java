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
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Builds a kernel from Debian's sources and patches of ours. */
record PatchedKernel(
        Kernel.Patched kernel,
        Machine machine,
        DebianArchive archive,
        MachinePackages packages,
        Consumer<String> progress) {
    private static final List<String> BUILD_TOOLS =
            List.of("bc", "bison", "flex", "gcc", "libc6-dev", "libelf-dev", "libssl-dev", "make", "patch", "xz-utils");

    void build(Path scratch, Path directory) throws IOException {
        packages.require(BUILD_TOOLS);
        DebianArchive.Entry sources = archive.newest(kernel.sourcePackage());
        progress.accept("downloading " + sources.name() + " " + sources.version());
        archive.unpack(List.of(sources), scratch);
        Path tree = unpackTree(scratch);
        applyPatches(tree);
        Path objects = Files.createDirectory(scratch.resolve("objects"));
        configure(tree, objects);
        make(tree, objects);
        BuiltKernel built = new BuiltKernel(directory);
        Files.copy(objects.resolve(machine.image()), built.image());
        built.writeOrigin("Debian " + sources.version() + " with " + String.join(", ", kernel.patches()));
        built.writeModules(List.of());
        Trees.delete(scratch);
    }

    private Path unpackTree(Path scratch) throws IOException {
        progress.accept("unpacking the sources");
        Path sources = scratch.resolve("usr/src");
        Path tar;
        try (Stream<Path> files = Files.list(sources)) {
            tar = files.filter(file -> file.toString().endsWith(".tar.xz"))
                    .findFirst()
                    .orElseThrow(() -> new TestbedException(kernel.sourcePackage() + " holds no archive of sources"));
        }
        Path tree = Files.createDirectory(scratch.resolve("tree"));
        Command.of("tar", "-xJf", tar.toString(), "-C", tree.toString(), "--strip-components=1")
                .succeed("unpack " + tar.getFileName());
        return tree;
    }

    private void applyPatches(Path tree) throws IOException {
        for (String name : kernel.patches()) {
            Path patch = tree.resolveSibling(name);
            Files.writeString(patch, Resources.text("kernel/" + name));
            Command.of("patch", "-p1", "--fuzz=0", "--force", "-i", patch.toString())
                    .in(tree)
                    .succeed("apply " + name + " to " + kernel.sourcePackage());
        }
    }

    private void configure(Path tree, Path objects) throws IOException {
        make(tree, objects, "tinyconfig").succeed("configure the kernel");
        String options = Resources.text("kernel/" + kernel.config());
        Path config = objects.resolve(".config");
        Files.writeString(config, options, StandardOpenOption.APPEND);
        make(tree, objects, "olddefconfig").succeed("configure the kernel");
        List<String> settled = Files.readAllLines(config);
        List<String> lost = options.lines()
                .filter(line -> line.startsWith("CONFIG_"))
                .filter(line -> !settled.contains(line))
                .toList();
        if (!lost.isEmpty()) {
            throw new TestbedException(
                    kernel.config() + " sets what this kernel doesn't offer: " + String.join(" ", lost));
        }
    }

    private void make(Path tree, Path objects) {
        progress.accept("building the kernel: this takes minutes, once");
        CompiledFiles compiled = new CompiledFiles(progress);
        make(tree, objects, Path.of(machine.image()).getFileName().toString())
                .succeed("build the kernel", compiled::see);
    }

    private Command make(Path tree, Path objects, String target) {
        return Command.of(
                        "nice",
                        "make",
                        "-C",
                        tree.toString(),
                        "O=" + objects,
                        "ARCH=" + machine.makeName(),
                        "-j" + Runtime.getRuntime().availableProcessors(),
                        target)
                .with("KBUILD_BUILD_TIMESTAMP", "1970-01-01")
                .with("KBUILD_BUILD_USER", "kvm4j")
                .with("KBUILD_BUILD_HOST", "testbed");
    }
}
