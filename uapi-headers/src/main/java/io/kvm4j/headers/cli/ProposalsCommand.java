package io.kvm4j.headers.cli;

import io.kvm4j.headers.diff.CollisionsJson;
import io.kvm4j.headers.diff.ProposalCollisions;
import java.util.List;
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

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    /** Made by picocli. */
    ProposalsCommand() {}

    @Override
    public void run() {
        List<ProposalCollisions> all = ProposalCollisions.ofAll(mainline);
        if (json) {
            System.out.println(CollisionsJson.of(all));
        } else {
            all.forEach(collisions -> collisions.lines().forEach(System.out::println));
        }
    }
}
