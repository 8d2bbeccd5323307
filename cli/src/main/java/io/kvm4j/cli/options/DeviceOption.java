package io.kvm4j.cli.options;

import io.kvm4j.Kvm;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which KVM a command uses. */
public final class DeviceOption {
    @Option(
            names = "--device",
            paramLabel = "PATH",
            defaultValue = "${env:KVM4J_DEVICE:-/dev/kvm}",
            description = "The KVM device (KVM4J_DEVICE, or else /dev/kvm).")
    @SuppressWarnings("NullAway.Init")
    private Path device;

    /** Made by picocli. */
    public DeviceOption() {}

    /** Opens it; the caller closes it. */
    public Kvm open() {
        return Kvm.open(device);
    }

    /** The path of the device. */
    public Path path() {
        return device;
    }
}
