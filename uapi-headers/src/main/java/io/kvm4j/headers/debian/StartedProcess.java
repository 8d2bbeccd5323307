package io.kvm4j.headers.debian;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** A process that ends, with all that it has started, when it is closed or when this JVM is stopped. */
final class StartedProcess implements AutoCloseable {
    private final Process process;
    private final Thread atShutdown;

    private StartedProcess(Process process) {
        this.process = process;
        this.atShutdown = new Thread(this::stop, "stop-" + process.pid());
    }

    static StartedProcess start(ProcessBuilder builder) throws IOException {
        StartedProcess started = new StartedProcess(builder.start());
        try {
            Runtime.getRuntime().addShutdownHook(started.atShutdown);
            return started;
        } catch (IllegalStateException e) {
            started.stop();
            throw new IOException("this program is being stopped", e);
        }
    }

    Process process() {
        return process;
    }

    /** Asks the process and its descendants to end: those of make, say, do not end with it. */
    private void stop() {
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        all.forEach(ProcessHandle::destroy);
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException _) {
            // The hook runs.
        }
    }
}
