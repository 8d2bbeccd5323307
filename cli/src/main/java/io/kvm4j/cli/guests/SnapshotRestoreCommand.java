package io.kvm4j.cli.guests;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.SnapshotRestore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvm4j snapshot-restore}. */
@Command(
        name = "snapshot-restore",
        description =
                "Saves a guest to a directory in the middle of its work, and lets it go on in another VM whose memory"
                        + " comes from there when it is touched.",
        mixinStandardHelpOptions = true)
public final class SnapshotRestoreCommand implements Callable<Integer> {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Option(names = "--restore", description = "Only restores, from a snapshot that is there.")
    private boolean restoreOnly;

    @Parameters(paramLabel = "DIRECTORY", description = "The snapshot, a new directory unless it is only restored.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** Made by picocli. */
    SnapshotRestoreCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Kvm kvm = device.open()) {
            if (!restoreOnly) {
                SnapshotRestore.save(kvm, directory, System.out);
            }
            SnapshotRestore.restore(kvm, directory, System.out);
            return ExitCode.OK;
        }
    }
}
