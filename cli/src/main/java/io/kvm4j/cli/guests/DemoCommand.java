package io.kvm4j.cli.guests;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.ExitCounts;
import io.kvm4j.examples.Hello;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kvm4j demo}. */
@Command(
        name = "demo",
        description = {
            "Runs a guest that says hello, and one whose memory comes on demand:",
            "once for each way in which this kernel can report its page faults."
        },
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    /** Made by picocli. */
    DemoCommand() {}

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (Kvm kvm = device.open()) {
            ExitCounts exits = Hello.run(kvm, System.out);
            System.out.printf("Exits: %s%n%n", describe(exits));
            new FaultReportTable(kvm, System.out).print();
        }
        return 0;
    }

    private static String describe(ExitCounts exits) {
        return exits.byReason().entrySet().stream()
                .map(each -> each.getValue() + " " + each.getKey().name())
                .collect(Collectors.joining(", "));
    }
}
