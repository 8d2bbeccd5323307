package io.kvm4j.testbed.image;

import io.kvm4j.headers.debian.Command;
import io.kvm4j.headers.debian.DebianArchive;
import io.kvm4j.headers.debian.MachinePackages;
import io.kvm4j.testbed.Machine;
import io.kvm4j.testbed.TestbedException;
import io.kvm4j.testbed.cache.Cache;
import io.kvm4j.testbed.cache.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds a QEMU that can be trusted: this machine's, or, where that is too old, the one in the backports of this
 * machine's release, which is unpacked but not installed.
 *
 * @param cache keeps what is unpacked
 * @param aptState where the private state of apt is kept
 * @param packages the machine's own packages
 * @param progress takes a line for each step
 */
record QemuBuild(Cache cache, Path aptState, MachinePackages packages, Consumer<String> progress) {
    private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.");
    private static final Pattern CODENAME = Pattern.compile("(?m)^VERSION_CODENAME=(\\w+)$");

    /** The program and the arguments that it needs to find its files. */
    List<String> command(Machine machine) throws IOException {
        packages.require(List.of(machine.qemuPackage()));
        if (major(machine.qemu()) >= machine.qemuMajor()) {
            return List.of(machine.qemu());
        }
        String suite = codename() + "-backports";
        String hash = new Key().add(suite).add(machine.toString()).hash();
        Path unpacked = cache.get("qemu", hash, directory -> unpack(machine, suite, directory));
        return List.of(
                unpacked.resolve("usr/bin").resolve(machine.qemu()).toString(),
                "-L",
                unpacked.resolve("usr/share/seabios").toString(),
                "-L",
                unpacked.resolve("usr/share/qemu").toString());
    }

    private static int major(String program) {
        String output =
                String.join("\n", Command.of(program, "--version").succeed("ask " + program + " for its version"));
        return VERSION.matcher(output)
                .results()
                .mapToInt(match -> Integer.parseInt(match.group(1)))
                .findFirst()
                .orElse(0);
    }

    private static String codename() throws IOException {
        return CODENAME.matcher(Files.readString(Path.of("/etc/os-release")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .findFirst()
                .orElseThrow(() -> new TestbedException("this is no Debian: install QEMU 10 or newer"));
    }

    private void unpack(Machine machine, String suite, Path directory) throws IOException {
        progress.accept("this machine's QEMU is older than " + machine.qemuMajor() + ": taking the one of " + suite);
        DebianArchive archive = DebianArchive.open(aptState, List.of(suite), machine.debianName());
        List<DebianArchive.Entry> entries = new ArrayList<>(List.of(archive.newest(machine.qemuPackage())));
        for (String firmware : machine.firmwarePackages()) {
            entries.add(archive.newest(firmware));
        }
        archive.unpack(entries, directory);
    }
}
