package io.kvm4j.headers.cli;

import io.kvm4j.headers.diff.ProposalCollisions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kvm4j uapi proposals}. */
@Command(
        name = "proposals",
        description = {
            "Lists the series of kernel patches that were never merged and have bindings,",
            "with each of their numbers that means something else in mainline."
        },
        mixinStandardHelpOptions = true)
final class ProposalsCommand implements Runnable {
    @Option(
            names = "--mainline",
            paramLabel = "SET",
            defaultValue = "linux-7.2",
            description = "The header set to hold them against; ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private String mainline;

    /** Made by picocli. */
    ProposalsCommand() {}

    @Override
    public void run() {
        for (ProposalCollisions collisions : ProposalCollisions.ofAll(mainline)) {
            collisions.lines().forEach(System.out::println);
        }
    }
}
