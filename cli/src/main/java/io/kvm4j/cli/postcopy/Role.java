package io.kvm4j.cli.postcopy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A child process that plays a role. Its lines are printed with its name before them, and remembered. */
final class Role implements AutoCloseable {
    private final String name;
    private final Process process;
    private final PrintStream out;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;
    private boolean ended;

    private Role(String name, Process process, PrintStream out) {
        this.name = name;
        this.process = process;
        this.out = out;
        this.reader = Thread.ofPlatform().name(name).daemon().unstarted(this::read);
    }

    /**
     * Starts it.
     *
     * @param name what it is, for people
     * @param out takes its lines
     */
    static Role start(String name, List<String> command, PrintStream out) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            Role role = new Role(name, process, out);
            role.reader.start();
            return role;
        } catch (Throwable e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                out.printf("%-12s| %s%n", name, line);
                add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            end();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** What it has said so far. */
    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits for a line with one of several starts. Returns it, or null if the process has ended without. */
    synchronized @Nullable String awaitLine(String... starts) throws InterruptedException {
        for (int next = 0; ; next++) {
            while (next == lines.size()) {
                if (ended) {
                    return null;
                }
                wait();
            }
            String line = lines.get(next);
            if (Arrays.stream(starts).anyMatch(line::startsWith)) {
                return line;
            }
        }
    }

    /** Waits for its end, and returns its exit status. */
    int join() throws InterruptedException {
        reader.join();
        return process.waitFor();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Ends it at once, as a crash would. */
    void kill() throws InterruptedException {
        // By its handle: the process itself would close what it has said and nobody has read yet.
        handle().destroyForcibly();
        join();
    }

    /** Ends it if it runs, and waits for that whether interrupted or not. */
    @Override
    public void close() {
        handle().destroyForcibly();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
