package io.kvm4j.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Source and destination are killed (-9) at random moments and started again. In the end one owner has the guest: the
 * destination that is alive and runs it, or one that was killed after the guest was handed over to it, and then it runs
 * nowhere. It never ran in two places, and never at the source after a destination.
 *
 * <p>Properties: {@code kvm4j.kills} for how many kills, {@code kvm4j.seed} to repeat a run, which prints its seed.
 */
class KillsTest {
    private static final List<String> MOMENTS = List.of(
            "listening",
            "started",
            "stopping",
            "stopped",
            "received",
            "ready",
            "giving up",
            "given up",
            "ours",
            "done");

    @TempDir
    Path folder;

    private final List<Role> roles = new ArrayList<>();

    @AfterEach
    void endAll() throws InterruptedException {
        for (Role role : roles) {
            role.kill();
        }
    }

    /** A process, and what it has printed. */
    private static final class Role {
        final Process process;

        // Guarded by this.
        private final List<String> lines = new ArrayList<>();
        private boolean ended;

        Role(String role, Path directory, int port, long seed) throws IOException {
            List<String> command = OwnClasses.command(
                    KilledProcess.class, role, directory.toString(), Integer.toString(port), Long.toString(seed));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("errors").toFile()))
                    .start();
            Thread.ofPlatform().daemon().start(this::read);
        }

        private void read() {
            try (BufferedReader in = process.inputReader()) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    add(line);
                }
            } catch (IOException e) {
                add("unreadable " + e.getMessage());
            }
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }

        private synchronized void add(String line) {
            lines.add(line);
            notifyAll();
        }

        /** Waits for a line that starts with one of these; null if the process ends or the time does. */
        synchronized @Nullable String await(int millis, String... starts) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (true) {
                for (String line : lines) {
                    for (String start : starts) {
                        if (line.startsWith(start)) {
                            return line;
                        }
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (ended || left <= 0) {
                    return null;
                }
                wait(left);
            }
        }

        @Override
        public synchronized String toString() {
            return lines + (ended ? " and ended" : "");
        }

        void kill() throws InterruptedException {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Test
    void killsEndInOneOwner() throws Exception {
        kill(Integer.getInteger("kvm4j.kills", 10));
    }

    @Test
    @Tag("slow")
    void aThousandKillsEndInOneOwner() throws Exception {
        kill(Integer.getInteger("kvm4j.kills", 1000));
    }

    private void kill(int kills) throws Exception {
        long seed = Long.getLong("kvm4j.seed", System.nanoTime());
        System.out.printf("%d kills, seed %d%n", kills, seed);
        Random random = new Random(seed);
        int done = 0;
        int[] owners = new int[2];
        for (int guest = 0; done < kills; guest++) {
            Path directory = Files.createDirectory(folder.resolve("guest-" + guest));
            Life life = new Life(directory, random);
            int of = Math.min(kills - done, 1 + random.nextInt(5));
            for (int i = 0; i < of; i += life.killAtAMoment(of - i)) {}
            owners[life.assertOneOwner() ? 0 : 1]++;
            done += of;
            endAll();
            roles.clear();
        }
        System.out.printf(
                "%d kills: %d guests run at a live destination, %d belong to one that was killed%n",
                done, owners[0], owners[1]);
    }

    /** One guest, from its start to its last owner. */
    private final class Life {
        private final Path directory;
        private final Random random;
        private final int port;
        private Role source;
        private Role destination;
        private boolean destinationKilled;

        Life(Path directory, Random random) throws Exception {
            this.directory = directory;
            this.random = random;
            this.source = start("source", 0);
            String listening = source.await(60_000, "listening ");
            assertTrue(listening != null, this::errors);
            this.port = Integer.parseInt(listening.substring("listening ".length()));
            this.destination = start("destination", port);
        }

        private Role start(String role, int at) throws IOException {
            Role started = new Role(role, directory, at, random.nextLong());
            roles.add(started);
            return started;
        }

        /** Kills one or both, and starts them again. Returns how many were killed. */
        int killAtAMoment(int most) throws Exception {
            String moment = MOMENTS.get(random.nextInt(MOMENTS.size()));
            Role at = random.nextBoolean() ? source : destination;
            at.await(400, moment);
            LockSupport.parkNanos(random.nextInt(4_000_000));
            int victims = most > 1 ? 1 + random.nextInt(3) : 1 + random.nextInt(2);
            if ((victims & 1) != 0) {
                source.kill();
                source = start("source", port);
            }
            if ((victims & 2) != 0) {
                destination.kill();
                destinationKilled = true;
                destination = start("destination", port);
            }
            return Integer.bitCount(victims);
        }

        /** Returns true if it is the destination that is alive, false if it is one that was killed. */
        boolean assertOneOwner() throws Exception {
            String outcome = awaitOutcome();
            assertTrue(outcome != null, this::errors);
            boolean ours = outcome.equals("ours");
            assertTrue(ours || destinationKilled, outcome);
            assertTrue(Files.exists(directory.resolve("record/handed-over")), outcome);
            try (FileChannel running = FileChannel.open(directory.resolve("running"), StandardOpenOption.WRITE);
                    FileLock free = running.tryLock()) {
                assertEquals(ours, free == null, () -> "where does it run? " + outcome);
            }
            List<String> ran = Files.readAllLines(directory.resolve("ran"));
            assertFalse(ran.contains(CountingGuest.TWICE), ran::toString);
            int first = ran.indexOf("destination");
            assertTrue(first < 0 || !ran.subList(first, ran.size()).contains("source"), ran::toString);
            assertTrue(ran.stream().filter("destination"::equals).count() <= 1, ran::toString);
            return ours;
        }

        /** A source that has nothing left to do answers nobody; the next process of its directory does. */
        private @Nullable String awaitOutcome() throws Exception {
            String outcome = null;
            for (int i = 0; i < 300 && outcome == null; i++) {
                outcome = destination.await(1_000, "ours", "refused ");
                if (outcome == null && source.await(0, "done") != null) {
                    source.kill();
                    source = start("source", port);
                }
            }
            return outcome;
        }

        private String errors() {
            try {
                return "%s: source %s, destination %s, %s"
                        .formatted(directory, source, destination, Files.readString(directory.resolve("errors")));
            } catch (IOException e) {
                return String.valueOf(e.getMessage());
            }
        }
    }
}
