package io.kvm4j.cli.guests;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.LongMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kvm4j long-mode}. */
@Command(
        name = "long-mode",
        description = "Runs 64-bit code at CPL 3: counts primes, reports through MMIO.",
        mixinStandardHelpOptions = true)
public final class LongModeCommand implements Runnable {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    /** Made by picocli. */
    LongModeCommand() {}

    @Override
    public void run() {
        try (Kvm kvm = device.open()) {
            LongMode.run(kvm, System.out);
        }
    }
}
