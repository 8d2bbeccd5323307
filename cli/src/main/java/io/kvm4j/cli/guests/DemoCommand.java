package io.kvm4j.cli.guests;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.ExitCounts;
import io.kvm4j.examples.Hello;
import io.kvm4j.examples.LongMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kvm4j demo}. */
@Command(
        name = "demo",
        description = "Runs both guests and counts their exits by reason.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Runnable {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    /** Made by picocli. */
    DemoCommand() {}

    @Override
    public void run() {
        ExitCounts counts = new ExitCounts();
        try (Kvm kvm = device.open()) {
            System.out.println("Real mode:");
            counts.add(Hello.run(kvm, System.out));
            System.out.printf("%nLong mode:%n");
            counts.add(LongMode.run(kvm, System.out));
        }
        System.out.printf("%nExits by reason:%n");
        counts.byReason().forEach((reason, count) -> System.out.printf("%6d %s%n", count, reason.name()));
    }
}
