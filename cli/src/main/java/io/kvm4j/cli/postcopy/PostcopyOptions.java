package io.kvm4j.cli.postcopy;

import io.kvm4j.examples.Postcopy.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** What both roles of {@code kvm4j postcopy} are told. */
final class PostcopyOptions {
    @Option(
            names = "--pace",
            paramLabel = "MS",
            defaultValue = "10",
            description = "Lets each pass of the guest take at least that many milliseconds (${DEFAULT-VALUE}).")
    private int pace;

    @Option(
            names = "--report",
            paramLabel = "N",
            defaultValue = "20",
            description = "Tells of every N-th pass (${DEFAULT-VALUE}).")
    private int report;

    @Option(
            names = "--patience",
            paramLabel = "MS",
            defaultValue = "10000",
            description = "Gives the other end up when it has been silent for that long (${DEFAULT-VALUE}).")
    private int patience;

    @Option(names = "--child", hidden = true, description = "Ends when its standard input does.")
    private boolean child;

    /** Made by picocli. */
    PostcopyOptions() {}

    Settings settings(int delayMicros) {
        return new Settings(
                System.out,
                Math.max(1, report),
                Duration.ofMillis(Math.max(0, pace)),
                Duration.ofNanos(1000L * Math.max(0, delayMicros)),
                Duration.ofMillis(Math.max(1, patience)));
    }

    /**
     * The same options for a process that shall end with this one.
     *
     * @param slower how many times slower its guest shall work
     */
    List<String> forChild(int slower) {
        return List.of("--pace", "" + slower * pace, "--report", "" + report, "--patience", "" + patience, "--child");
    }

    /** Ends this process when the one that started it is gone, however that came. */
    void watchParent() {
        if (child) {
            Thread.ofPlatform().name("parent-watch").daemon().start(PostcopyOptions::endWithInput);
        }
    }

    private static void endWithInput() {
        try {
            while (System.in.read() >= 0) {
                // Whatever a parent says, only its end matters.
            }
        } catch (IOException e) {
            System.err.println("kvm4j: the parent cannot be heard: " + e.getMessage());
        }
        Runtime.getRuntime().halt(1);
    }
}
