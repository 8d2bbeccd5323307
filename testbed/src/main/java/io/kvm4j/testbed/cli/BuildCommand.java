package io.kvm4j.testbed.cli;

import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.Hosts;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvm4j testbed build}. */
@Command(
        name = "build",
        description = "Builds hosts ahead of their first use, or anew from what the archive has today.",
        mixinStandardHelpOptions = true)
final class BuildCommand implements Callable<Integer> {
    @Parameters(index = "0..*", paramLabel = "HOST", description = "The hosts; all of them if none is named.")
    private List<String> hostNames = List.of();

    @Option(names = "--again", description = "Build the kernel anew though it has been built: from the newest package.")
    private boolean again;

    /** Made by picocli. */
    BuildCommand() {}

    @Override
    public Integer call() throws IOException {
        Testbed testbed = new Testbed();
        for (Host host : Hosts.namedOrAll(hostNames)) {
            if (again) {
                testbed.images().dropKernel(host);
            }
            testbed.build(host);
            System.out.printf(
                    "%s: built from %s%n",
                    host.name(), testbed.images().kernel(host).origin());
        }
        return ExitCode.OK;
    }
}
