package io.kvm4j.migration;

import io.kvm4j.posix.Mapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A guest that is a number, and that notices when it runs twice. Where it runs, its process holds a lock on the file {@code
 * running}, which the kernel releases when the process is killed, and has added a line to the file {@code ran}.
 */
final class CountingGuest implements OutgoingGuest, AutoCloseable {
    static final String TWICE = "twice";

    private final String role;
    private final FileChannel running;
    private final FileChannel ran;
    private final Random random;
    private long number;
    private @Nullable FileLock runs;

    CountingGuest(String role, Path directory, Random random) throws IOException {
        this.role = role;
        this.random = random;
        this.running =
                FileChannel.open(directory.resolve("running"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        this.ran = FileChannel.open(
                directory.resolve("ran"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
    }

    /** Prints an event, and leaves a moment to be killed in. */
    void say(String event) {
        System.out.println(event);
        LockSupport.parkNanos(random.nextInt(2_000_000));
    }

    /** Starts the guest, or lets it run on. */
    void run(long from) throws IOException, InterruptedException {
        FileLock lock = running.tryLock();
        // A process that was killed releases its locks one after the other.
        for (int i = 0; i < 200 && lock == null; i++) {
            Thread.sleep(1);
            lock = running.tryLock();
        }
        runs = lock;
        number = from + 1;
        note(lock == null ? TWICE : role);
    }

    private void note(String line) throws IOException {
        ran.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public synchronized StoppedGuest stop() {
        say("stopping");
        try {
            FileLock lock = runs;
            if (lock != null) {
                lock.release();
                runs = null;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        say("stopped");
        ByteBuffer state = ByteBuffer.allocate(Long.BYTES).putLong(0, number);
        return new StoppedGuest(List.of(new MemoryRange(0, Mapping.PAGE_SIZE)), state);
    }

    @Override
    public synchronized void resume() {
        try {
            run(number);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        say("resumed");
    }

    @Override
    public void handOver() {
        say("giving up");
    }

    @Override
    public void end() {
        say("given up");
    }

    @Override
    public void close() throws IOException {
        running.close();
        ran.close();
    }
}
