package io.kvm4j.headers.cli;

import io.kvm4j.headers.regeneration.Regeneration;
import io.kvm4j.headers.sets.SetListing;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code kvm4j uapi list}. */
@Command(
        name = "list",
        description = "Lists the header sets that there are snapshots of, and their architectures.",
        mixinStandardHelpOptions = true)
final class ListCommand implements Runnable {
    /** Made by picocli. */
    ListCommand() {}

    @Override
    public void run() {
        List<SetListing> sets = SetListing.all(Regeneration.setsDirectory(CloneDirectory.orHere()));
        int width = sets.stream().mapToInt(s -> s.name().length()).max().orElse(0);
        for (SetListing set : sets) {
            System.out.printf("%-" + width + "s  %s%n", set.name(), String.join(" ", set.architectures()));
        }
    }
}
