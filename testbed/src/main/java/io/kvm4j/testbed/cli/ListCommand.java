package io.kvm4j.testbed.cli;

import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.Hosts;
import io.kvm4j.testbed.image.BuiltKernel;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** {@code kvm4j testbed list}. */
@Command(
        name = "list",
        description = "Says what hosts there are, and which are built.",
        mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    /** Made by picocli. */
    ListCommand() {}

    @Override
    public Integer call() throws IOException {
        Testbed testbed = new Testbed();
        for (Host host : Hosts.all()) {
            Optional<BuiltKernel> kernel = testbed.images().findKernel(host);
            System.out.printf(
                    "%-10s %s%n%10s %s%n",
                    host.name(),
                    host.description(),
                    "",
                    kernel.isPresent() ? kernel.get().origin() : "not built yet");
        }
        return ExitCode.OK;
    }
}
