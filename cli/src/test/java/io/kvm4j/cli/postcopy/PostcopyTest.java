package io.kvm4j.cli.postcopy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Kvm;
import io.kvm4j.cli.KvmCondition;
import io.kvm4j.cli.RequiresKvm;
import io.kvm4j.examples.Postcopy.Work;
import io.kvm4j.fault.FaultStrategy;
import io.kvm4j.migration.IncomingGuest;
import io.kvm4j.migration.MigrationDestination;
import io.kvm4j.migration.MigrationListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guest moves between processes that die, and over connections that are cut, at moments of chance. In the end its
 * result is that of a guest that never moved, or there is none yet and the destination says why; and it never runs twice.
 */
@ExtendWith(KvmCondition.class)
@Timeout(900)
class PostcopyTest {
    private static final Work WORK = new Work(512, 150);
    private static final String RESULT = "result %016x".formatted(WORK.expected());
    private static final String OURS = "the guest is ours";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream transcript = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(transcript, true, StandardCharsets.UTF_8);
    private final List<Role> roles = new ArrayList<>();

    @BeforeAll
    static void requireUserfaultfd() {
        try (Kvm kvm = Kvm.open()) {
            FaultStrategy.Finding userfaultfd = FaultStrategy.probe(kvm).getLast();
            assumeTrue(userfaultfd.available(), userfaultfd.reason());
        }
    }

    @AfterEach
    void endRoles() {
        roles.forEach(Role::close);
        roles.clear();
    }

    /** Each test is told by what its processes said, should it fail. */
    private String told() {
        return transcript.toString(StandardCharsets.UTF_8);
    }

    private Role start(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--module-path",
                System.getProperty("jdk.module.path"),
                "--enable-native-access=io.kvm4j.bindings,io.kvm4j.runtime",
                "--module",
                "io.kvm4j.cli/io.kvm4j.cli.Main",
                "postcopy"));
        command.addAll(List.of(arguments));
        Role role = Role.start(name, command, out);
        roles.add(role);
        return role;
    }

    private Role source(Path directory, String address, int delayMicros) throws IOException {
        return source(directory, address, delayMicros, 200);
    }

    private Role source(Path directory, String address, int delayMicros, int paceMillis) throws IOException {
        return start(
                "source",
                "source",
                "--child",
                "--pages=" + WORK.pages(),
                "--passes=" + WORK.passes(),
                // Slowly: the guest shall not be done before the destination's process has started.
                "--pace=" + paceMillis,
                "--report=1",
                "--patience=4000",
                "--delay=" + delayMicros,
                "--listen=" + address,
                "--serve=" + directory);
    }

    private Role destination(String name, String address, int patience) throws IOException {
        return start(
                name,
                "destination",
                "--child",
                "--pace=5",
                "--report=1",
                "--patience=" + patience,
                "--connect=" + address);
    }

    private String addressOf(Role source) throws InterruptedException {
        String line = source.awaitLine("listening on ");
        assertNotNull(line, this::told);
        assertNotNull(source.awaitLine("pass "), this::told);
        return line.substring("listening on ".length());
    }

    private void assertResult(Role role) throws InterruptedException {
        assertEquals(0, role.join(), this::told);
        assertEquals(RESULT, role.awaitLine("result "), this::told);
    }

    /** No line of {@code role} tells that it ran the guest. */
    private void assertRanNothing(Role role) {
        assertFalse(role.lines().stream().anyMatch(PostcopyTest::tellsOfRunning), this::told);
    }

    private static boolean tellsOfRunning(String line) {
        return line.startsWith("pass ") || line.startsWith("result ");
    }

    /** After the hand-over was decided the source tells of no work of the guest. */
    private void assertHandedOverForGood(Role source) {
        List<String> lines = source.lines();
        int handedOver = lines.indexOf("the guest is the destination's, and will not run here again");
        assertTrue(
                handedOver < 0
                        || lines.subList(handedOver, lines.size()).stream().noneMatch(PostcopyTest::tellsOfRunning),
                this::told);
    }

    /** What became of a guest whose source was killed. */
    private enum Outcome {
        COMPLETE_WITHOUT_THE_SOURCE,
        PAUSED_AND_RESUMED,
        BOOTED_ANEW_AND_MOVED
    }

    /** From when on the moments are counted, so that each phase has its share however fast the machine is. */
    private enum Since {
        DESTINATION_STARTED("listening on ", 4_000),
        GUEST_STOPPED("the guest stands", 500),
        HANDED_OVER("the guest is the destination's", 1_500);

        private final String line;
        private final int window;

        Since(String line, int window) {
            this.line = line;
            this.window = window;
        }
    }

    /** Kills the source some time after one of its lines. */
    private Outcome killSource(Path directory, Since since, long millis) throws Exception {
        Role source = source(directory, "127.0.0.1:0", 2_000);
        String address = addressOf(source);
        Role destination = destination("destination", address, 4_000);
        assertNotNull(source.awaitLine(since.line), this::told);
        Thread.sleep(millis);
        source.kill();
        assertHandedOverForGood(source);
        boolean handedOver = Files.exists(directory.resolve("handed-over"));
        String state = destination.awaitLine("result ", "paused: ", "waiting for the source: ");
        assertNotNull(state, this::told);
        if (state.startsWith("result ")) {
            assertTrue(handedOver, this::told);
            assertResult(destination);
            return Outcome.COMPLETE_WITHOUT_THE_SOURCE;
        }
        Role next = source(directory, address, 0);
        assertResult(destination);
        next.close();
        if (handedOver) {
            assertRanNothing(next);
        }
        assertHandedOverForGood(next);
        return handedOver ? Outcome.PAUSED_AND_RESUMED : Outcome.BOOTED_ANEW_AND_MOVED;
    }

    private void killAtRandomMoments(int moments) throws Exception {
        long seed = Long.getLong("kvm4j.seed", System.nanoTime());
        Random random = new Random(seed);
        TreeMap<Outcome, Integer> outcomes = new TreeMap<>();
        for (int moment = 0; moment < moments; moment++) {
            Since since = Since.values()[moment % Since.values().length];
            long millis = random.nextLong(since.window);
            transcript.reset();
            out.printf("seed %d, moment %d: %d ms since %s%n", seed, moment, millis, since);
            outcomes.merge(killSource(folder.resolve("moment" + moment), since, millis), 1, Integer::sum);
            endRoles();
        }
        System.out.printf("seed %d: %d moments %s%n", seed, moments, outcomes);
    }

    @Test
    void theSourceIsKilledAtAnyMoment() throws Exception {
        killAtRandomMoments(3);
    }

    @Tag("slow")
    @Timeout(3000)
    @Test
    void theSourceIsKilledAtAnyOfFiftyMoments() throws Exception {
        killAtRandomMoments(50);
    }

    /** A connection that is cut again and again. */
    @Test
    void theConnectionIsCutAtRandomMoments() throws Exception {
        long seed = Long.getLong("kvm4j.seed", System.nanoTime());
        Random random = new Random(seed);
        out.println("seed " + seed);
        Role source = source(folder, "127.0.0.1:0", 3_000);
        try (Line line = new Line(addressOf(source))) {
            Role destination = destination("destination", line.address(), 4_000);
            assertNotNull(source.awaitLine("the guest stands"), this::told);
            for (int cut = 0; cut < 6; cut++) {
                Thread.sleep(random.nextLong(150));
                line.cut();
            }
            assertResult(destination);
            assertTrue(line.cuts() > 0, this::told);
            assertHandedOverForGood(source);
        }
    }

    /** A connection that is there, but over which nothing comes, is a lost one too. */
    @Test
    void aSilentSourceIsLost() throws Exception {
        Role source = source(folder, "127.0.0.1:0", 3_000);
        try (Line line = new Line(addressOf(source))) {
            Role destination = destination("destination", line.address(), 300);
            assertNotNull(destination.awaitLine(OURS), this::told);
            line.hold();
            String paused = destination.awaitLine("paused: ");
            assertNotNull(paused, this::told);
            assertTrue(paused.contains("has been silent for 300 ms"), this::told);
            line.release();
            assertResult(destination);
        }
    }

    /** Pages that take long hold the guest up, and do it no harm. */
    @Test
    void aSlowSourceIsWaitedFor() throws Exception {
        Role source = source(folder, "127.0.0.1:0", 20_000);
        Role destination = destination("destination", addressOf(source), 4_000);
        assertResult(destination);
        assertNull(destination.awaitLine("paused: "), this::told);
        assertEquals(0, source.join(), this::told);
    }

    /** A destination that goes before it could run the guest leaves it to the source, which runs it to its end. */
    @Test
    void aDestinationThatDiesBeforeTheHandOverLeavesTheGuest() throws Exception {
        Role source = source(folder, "127.0.0.1:0", 0, 10);
        String[] address = addressOf(source).split(":", -1);
        MigrationDestination destination = new MigrationDestination(
                new InetSocketAddress(address[0], Integer.parseInt(address[1])),
                1 << 30,
                Duration.ofSeconds(4),
                new MigrationListener() {});
        try (IncomingGuest arrival = destination.receive()) {
            assertEquals(1, arrival.guest().memory().size());
        }
        assertNotNull(source.awaitLine("the guest stays, and runs on here: "), this::told);
        assertResult(source);
    }

    /** A destination that dies with the guest takes it along: nobody else runs it, neither the source nor another. */
    @Test
    void aGuestThatDiesAtTheDestinationRunsNowhere() throws Exception {
        Role source = source(folder, "127.0.0.1:0", 3_000);
        String address = addressOf(source);
        Role first = destination("first", address, 4_000);
        assertNotNull(first.awaitLine(OURS), this::told);
        first.kill();
        Role second = destination("second", address, 4_000);
        assertEquals(1, second.join(), this::told);
        assertEquals(
                "kvm4j: the guest was handed over before, to another destination",
                second.lines().getLast(),
                this::told);
        assertRanNothing(second);
        source.kill();
        assertHandedOverForGood(source);
        Role again = source(folder, address, 0);
        assertNotNull(again.awaitLine("listening on "), this::told);
        assertRanNothing(again);
    }

    @RequiresKvm
    @Test
    void twoProcessesByThemselves() throws Exception {
        // On an emulated host a process takes long to get ready.
        Role both = start("both", "--pages=64", "--passes=300", "--pace=50", "--report=1", "--patience=100000");
        assertEquals(0, both.join(), this::told);
        assertEquals(
                "The result is that of a guest that never moved.", both.lines().getLast());
    }

    /**
     * Ctrl-C, or a crash, of the command leaves no process and, but for the crash, no file. The signal is not Ctrl-C's, which a
     * JVM ignores where whoever started the tests did, but one that ends it in the same way.
     */
    @Test
    void endingTheCommandEndsBothProcesses() throws Exception {
        for (String signal : List.of("-TERM", "-KILL")) {
            Role both = start("both", "--pages=512", "--passes=100000", "--report=1");
            assertNotNull(both.awaitLine("destination | pass "), this::told);
            List<ProcessHandle> children = both.handle().descendants().toList();
            assertEquals(2, children.size(), this::told);
            Path directory = servedBy(children);
            assertTrue(Files.isDirectory(directory));
            assertEquals(
                    0,
                    new ProcessBuilder("kill", signal, "" + both.handle().pid())
                            .start()
                            .waitFor());
            both.join();
            for (ProcessHandle child : children) {
                child.onExit().get(20, TimeUnit.SECONDS);
            }
            assertEquals(signal.equals("-KILL"), Files.exists(directory));
            delete(directory);
        }
    }

    private static Path servedBy(List<ProcessHandle> processes) throws IOException {
        for (ProcessHandle process : processes) {
            List<String> words = List.of(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .split("\0", -1));
            int serve = words.indexOf("--serve");
            if (serve >= 0) {
                return Path.of(words.get(serve + 1));
            }
        }
        throw new AssertionError("no source");
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }
}
