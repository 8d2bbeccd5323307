package io.kvm4j.cli.guests;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.Hello;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kvm4j hello}. */
@Command(
        name = "hello",
        description = "Runs a guest in real mode: port input and output, halt.",
        mixinStandardHelpOptions = true)
public final class HelloCommand implements Runnable {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    /** Made by picocli. */
    HelloCommand() {}

    @Override
    public void run() {
        try (Kvm kvm = device.open()) {
            Hello.run(kvm, System.out);
        }
    }
}
