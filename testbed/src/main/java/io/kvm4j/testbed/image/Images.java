package io.kvm4j.testbed.image;

import io.kvm4j.headers.debian.MachinePackages;
import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.Kernel;
import io.kvm4j.testbed.cache.Cache;
import io.kvm4j.testbed.cache.Key;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.function.Consumer;

/** The kernels and the user space of hosts, from the cache or built now. */
public final class Images {
    private final Cache cache;
    private final MachinePackages packages;
    private final KernelBuild kernels;
    private final QemuBuild qemu;
    private final Consumer<String> progress;

    /**
     * Keeps what it builds in a cache.
     *
     * @param directory of the cache
     * @param progress takes a line for each step that takes long
     */
    public Images(Path directory, Consumer<String> progress) {
        this.cache = new Cache(directory, progress);
        this.packages = new MachinePackages(progress);
        this.kernels = new KernelBuild(directory.resolve("apt"), packages, progress);
        this.qemu = new QemuBuild(cache, directory.resolve("apt"), packages, progress);
        this.progress = progress;
    }

    /** The host's kernel, if it has been built and is whole. */
    public Optional<BuiltKernel> findKernel(Host host) throws IOException {
        return cache.find(kind(host), hash(host)).map(BuiltKernel::new);
    }

    /** Forgets the host's kernel, so that the next to ask gets the newest that the archive has. */
    public void dropKernel(Host host) throws IOException {
        cache.drop(kind(host), hash(host));
    }

    /** The host's kernel. */
    public BuiltKernel kernel(Host host) throws IOException {
        return new BuiltKernel(cache.get(
                kind(host), hash(host), directory -> kernels.build(host.kernel(), host.machine(), directory)));
    }

    /**
     * What was asked of a host once, or is now: its kernel's answers don't change.
     *
     * @param question names what is asked
     * @param builder asks the host, and puts the answers into a directory
     */
    public Path answers(Host host, String question, Cache.Builder builder) throws IOException {
        Key key = new Key()
                .add(hash(host))
                .add(kernel(host).origin())
                .add(host.machine().toString());
        return cache.get(question + "-" + host.name(), key.hash(), builder);
    }

    /** The start of the command that emulates the host's machine. */
    public List<String> emulator(Host host) throws IOException {
        return qemu.command(host.machine());
    }

    private static String kind(Host host) {
        return "kernel-" + host.name();
    }

    private static String hash(Host host) throws IOException {
        Key key = new Key().add(KernelBuild.RECIPE).add(host.kernel().toString());
        key.add(host.machine().makeName()).add(host.machine().image());
        key.add(host.machine().modules().toString());
        if (host.kernel() instanceof Kernel.Patched patched) {
            key.add(Resources.text("kernel/" + patched.config()));
            for (String patch : patched.patches()) {
                key.add(Resources.text("kernel/" + patch));
            }
        }
        return key.hash();
    }

    /**
     * The archive of what every host has besides its kernel.
     *
     * @param host the host that it is for
     * @param platformModules the modules of the JDK that its Java runtime has
     */
    public Path userSpace(Host host, NavigableSet<String> platformModules) throws IOException {
        Path javaHome = Path.of(System.getProperty("java.home"));
        UserSpaceBuild build =
                new UserSpaceBuild(javaHome, platformModules, host.machine().jvmOptions(), packages, progress);
        return UserSpaceBuild.archive(cache.get("userspace", build.hash(), build::build));
    }
}
