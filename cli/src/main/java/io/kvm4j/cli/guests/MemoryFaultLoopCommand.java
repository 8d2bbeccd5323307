package io.kvm4j.cli.guests;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.MemoryFaultLoop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kvm4j memory-fault-loop}. */
@Command(
        name = "memory-fault-loop",
        description = "Runs a guest whose memory faults are handled by the run loop, on a kernel with the proposal.",
        mixinStandardHelpOptions = true)
public final class MemoryFaultLoopCommand implements Runnable {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    /** Made by picocli. */
    MemoryFaultLoopCommand() {}

    @Override
    public void run() {
        try (Kvm kvm = device.open()) {
            MemoryFaultLoop.run(kvm, System.out);
        }
    }
}
