package io.kvm4j.headers.debian;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The packages that are installed on this machine. */
public final class MachinePackages {
    private final Consumer<String> progress;

    /**
     * Asks dpkg.
     *
     * @param progress takes a line before packages are installed
     */
    public MachinePackages(Consumer<String> progress) {
        this.progress = progress;
    }

    /**
     * Sees to it that packages are there: installs what is missing, where that is possible.
     *
     * @throws DebianException that names what is to be installed
     */
    public void require(List<String> names) {
        List<String> missing = missing(names);
        if (missing.isEmpty()) {
            return;
        }
        if (isRoot()) {
            install(missing);
            missing = missing(missing);
        }
        if (!missing.isEmpty()) {
            throw new DebianException("missing packages: apt-get install " + String.join(" ", missing));
        }
    }

    private static List<String> missing(List<String> names) {
        return names.stream().filter(name -> !isInstalled(name)).toList();
    }

    private static boolean isInstalled(String name) {
        Command.Result result = Command.of("dpkg-query", "-W", "-f", "${db:Status-Status}\n", name)
                .run();
        return result.status() == 0 && result.output().contains("installed");
    }

    private static boolean isRoot() {
        return Command.of("id", "-u").run().output().equals(List.of("0"));
    }

    private void install(List<String> names) {
        progress.accept("installing " + String.join(" ", names) + " with apt-get");
        List<String> words = new ArrayList<>(List.of("apt-get", "install", "-y", "-qq", "--no-install-recommends"));
        words.addAll(names);
        Command install = Command.of(words).with("DEBIAN_FRONTEND", "noninteractive");
        if (install.run().status() != 0) {
            Command.of("apt-get", "update", "-qq").run();
            install.run();
        }
    }
}
