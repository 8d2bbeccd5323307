package io.kvm4j.headers.program;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what a program is busy with. On a terminal it is one line that counts the seconds, so that its user sees that it
 * is alive; elsewhere each stage is a line of its own. Safe for use by several threads.
 */
public final class LiveProgress implements AutoCloseable {
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final String ERASED = "\r\u001b[K";

    private final PrintStream out;
    private final boolean isLive;
    private final LongSupplier nanos;
    private @Nullable String stage;
    private long since;
    private @Nullable Thread heartbeat;

    LiveProgress(PrintStream out, boolean isLive, LongSupplier nanos) {
        this.out = out;
        this.isLive = isLive;
        this.nanos = nanos;
    }

    /** Shows it on standard error. */
    public static LiveProgress onStandardError() {
        return new LiveProgress(System.err, Terminal.isLive(), System::nanoTime);
    }

    /** Begins a stage, which ends the one before. */
    public synchronized void begin(String what) {
        if (!isLive) {
            out.println("kvm4j: " + what);
            return;
        }
        if (stage != null) {
            draw();
            out.println();
        }
        stage = what;
        since = nanos.getAsLong();
        draw();
        if (heartbeat == null) {
            heartbeat = Thread.ofPlatform().daemon().name("progress").start(this::beat);
        }
    }

    /** Begins a stage that is worth a line on a terminal only. */
    public void beginBriefly(String what) {
        if (isLive) {
            begin(what);
        }
    }

    /** Takes the line away, before something else is printed. */
    public synchronized void clear() {
        if (stage != null) {
            out.print(ERASED);
            out.flush();
            stage = null;
        }
    }

    @Override
    public synchronized void close() {
        clear();
        if (heartbeat != null) {
            heartbeat.interrupt();
            heartbeat = null;
        }
    }

    private void beat() {
        try {
            while (true) {
                Thread.sleep(BEAT);
                synchronized (this) {
                    draw();
                }
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    /** Draws the stage, if there is one. Called with the lock held. */
    private void draw() {
        if (stage != null) {
            long seconds = Duration.ofNanos(nanos.getAsLong() - since).toSeconds();
            out.print(ERASED + "kvm4j: " + stage + (seconds == 0 ? "" : " (" + seconds + " s)"));
            out.flush();
        }
    }
}
