package io.kvm4j.testbed.cli;

import io.kvm4j.headers.debian.DebianException;
import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.Hosts;
import io.kvm4j.testbed.TestbedException;
import io.kvm4j.testbed.image.BuiltKernel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** {@code kvm4j testbed list}. */
@Command(
        name = "list",
        description = {
            "Says what hosts there are, which are built, and what their KVM offers.",
            "A host that was built but never asked is booted once for that."
        },
        mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    /** Made by picocli. */
    ListCommand() {}

    @Override
    public Integer call() throws IOException {
        Testbed testbed = new Testbed();
        for (Host host : Hosts.all()) {
            System.out.printf("%-10s %s%n", host.name(), host.description());
            about(testbed, host).forEach(line -> System.out.printf("%10s %s%n", "", line));
        }
        return ExitCode.OK;
    }

    private static List<String> about(Testbed testbed, Host host) throws IOException {
        Optional<BuiltKernel> kernel = testbed.images().findKernel(host);
        if (kernel.isEmpty()) {
            return List.of("not built yet; the first kvm4j testbed run " + host.name() + " builds it");
        }
        List<String> lines =
                new ArrayList<>(List.of("built from " + kernel.get().origin()));
        try {
            lines.addAll(testbed.ask(host).toLines(host));
        } catch (TestbedException | DebianException e) {
            lines.add(e.getMessage());
        }
        return lines;
    }
}
