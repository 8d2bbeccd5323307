package io.kvm4j.cli.guests;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.DirtyLog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvm4j dirty-log}. */
@Command(
        name = "dirty-log",
        description = "Copies the memory of a guest while it runs, in rounds, as for a live migration.",
        mixinStandardHelpOptions = true)
public final class DirtyLogCommand implements Callable<Integer> {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Option(names = "--rings", description = "Learn what was written from dirty rings instead of a bitmap.")
    private boolean rings;

    /** Made by picocli. */
    DirtyLogCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        try (Kvm kvm = device.open()) {
            DirtyLog.run(kvm, rings ? DirtyLog.Way.RINGS : DirtyLog.Way.BITMAP, System.out);
            return ExitCode.OK;
        }
    }
}
