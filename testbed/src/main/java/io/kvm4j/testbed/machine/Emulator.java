package io.kvm4j.testbed.machine;

import io.kvm4j.testbed.Machine;
import io.kvm4j.testbed.TestbedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The process of the emulator, which ends with its owner, and with this JVM however that is stopped. */
final class Emulator implements AutoCloseable {
    private static final long STOP_SECONDS = 5;

    private final Process process;
    private final Thread atShutdown;
    private final CompletableFuture<List<String>> output = new CompletableFuture<>();

    private Emulator(Process process) {
        this.process = process;
        this.atShutdown = new Thread(this::stop, "testbed-shutdown");
    }

    /** Starts it. */
    static Emulator start(Machine machine, List<String> command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new TestbedException(
                    machine.qemu() + " does not run here: install the package " + machine.qemuPackage(), e);
        }
        Emulator emulator = new Emulator(process);
        try {
            Runtime.getRuntime().addShutdownHook(emulator.atShutdown);
            process.getOutputStream().close();
            Thread.ofPlatform().daemon().name("testbed-qemu").start(emulator::readOutput);
            return emulator;
        } catch (Throwable e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private void readOutput() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            output.complete(reader.readAllLines());
        } catch (IOException _) {
            // What it said is lost.
        } finally {
            output.complete(List.of());
        }
    }

    CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /** Waits for its end, or makes an end of it, and says what is known about that. */
    String end() {
        boolean byItself = waitFor();
        stop();
        List<String> lines = output.join();
        return (byItself ? "the emulator ended with status " + process.exitValue() : "the emulator was stopped")
                + (lines.isEmpty() ? "" : " (" + String.join("; ", lines) + ")");
    }

    private void stop() {
        process.destroy();
        if (!waitFor()) {
            process.destroyForcibly();
            waitFor();
        }
    }

    private boolean waitFor() {
        try {
            return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops it. While this JVM shuts down the caller gets no further: what it would say is not about the host. */
    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException _) {
            while (true) {
                LockSupport.park();
            }
        }
    }
}
