package io.kvm4j.headers.program;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kvm4j completion}. */
@Command(
        name = "completion",
        description = {
            "Prints a script that completes this command line in bash and zsh.",
            "Use it with: source <(./kvm4j completion)"
        })
final class CompletionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        System.out.print(AutoComplete.bash("kvm4j", spec.root().commandLine()));
    }
}
