package io.kvm4j.testbed.image;

import io.kvm4j.headers.debian.DebianArchive;
import io.kvm4j.headers.debian.MachinePackages;
import io.kvm4j.testbed.Kernel;
import io.kvm4j.testbed.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Gets a host's kernel. What comes out is a directory with {@link BuiltKernel}'s files.
 *
 * @param aptState where the private state of apt is kept
 * @param packages the machine's own packages
 * @param progress takes a line for each step
 */
record KernelBuild(Path aptState, MachinePackages packages, Consumer<String> progress) {
    /** Changes with what this code does, so that kernels are built anew. */
    static final String RECIPE = "1";

    /** Puts the kernel into the directory. */
    void build(Kernel kernel, Machine machine, Path directory) throws IOException {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        progress.accept("reading the package list of Debian's " + kernel.suite());
        DebianArchive archive = DebianArchive.open(aptState, List.of(kernel.suite()), machine.debianName());
        switch (kernel) {
            case Kernel.Packaged packaged ->
                new PackagedKernel(packaged, machine, archive, packages, progress).build(scratch, directory);
            case Kernel.Patched patched ->
                new PatchedKernel(patched, machine, archive, packages, progress).build(scratch, directory);
        }
    }
}
