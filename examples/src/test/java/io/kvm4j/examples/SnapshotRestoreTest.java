package io.kvm4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Kvm;
import io.kvm4j.examples.SnapshotRestore.SnapshotException;
import io.kvm4j.fault.UserfaultfdUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresKvm
class SnapshotRestoreTest {
    private static final int FIRST_NUMBERS = 0x20_0000;

    @TempDir
    Path parent;

    private String save(Path directory) throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (Kvm kvm = Kvm.open();
                PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8)) {
            SnapshotRestore.save(kvm, directory, out);
        }
        return written.toString(StandardCharsets.UTF_8);
    }

    private String restore(Path directory) throws IOException, InterruptedException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (Kvm kvm = Kvm.open();
                PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8)) {
            SnapshotRestore.restore(kvm, directory, out);
        } catch (UserfaultfdUnavailableException e) {
            assumeTrue(false, e.getMessage());
        }
        return written.toString(StandardCharsets.UTF_8);
    }

    private void assertRefused(Path directory, String message) {
        SnapshotException e = assertThrows(SnapshotException.class, () -> restore(directory));
        assertEquals(message, e.getMessage());
    }

    @Test
    void theRestoredGuestFindsTheSame() throws Exception {
        Path directory = parent.resolve("snapshot");
        String saved = save(directory);
        assertTrue(saved.startsWith("After 32 of 64 rounds the guest has found "), saved);
        assertFalse(Files.exists(directory.resolve("memory.unfinished")));
        for (int time = 0; time < 2; time++) {
            String said = restore(directory);
            assertTrue(said.matches("""
                    The restored guest went on with 51\\d pages, which came as it touched them.
                    Another snapshot is refused: no snapshot while memory is being restored: 50\\d pages are still to come
                    It found [0-9a-f]+, as it does without an interruption.
                    """), said);
        }
    }

    /** A guest's memory holds its secrets. */
    @Test
    void noOtherUserReadsTheSnapshot() throws Exception {
        Path directory = parent.resolve("snapshot");
        save(directory);
        assertEquals("rwx------", PrivateFilesTest.modeOf(directory));
        for (String file : List.of("memory", "checksums", "state")) {
            assertEquals("rw-------", PrivateFilesTest.modeOf(directory.resolve(file)), file);
        }
    }

    @Test
    void anExistingDirectoryIsLeftAlone() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("mine"));
        SnapshotException e = assertThrows(SnapshotException.class, () -> save(directory));
        assertEquals(directory + " exists: name a new directory for the snapshot", e.getMessage());
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
        Path nowhere = parent.resolve("missing/snapshot");
        e = assertThrows(SnapshotException.class, () -> save(nowhere));
        assertEquals(nowhere + " cannot be made: the directory that it is to be in is missing", e.getMessage());
    }

    @Test
    void whatIsMissingOrDamagedIsNamed() throws Exception {
        Path directory = parent.resolve("snapshot");
        assertRefused(directory, directory + " is no snapshot: it has no file state");
        save(directory);

        Path state = directory.resolve("state");
        byte[] whole = Files.readAllBytes(state);
        Files.write(state, Arrays.copyOf(whole, whole.length - 1));
        assertRefused(
                directory,
                state
                        + ": the state of a vCPU is cut off: it ends after %d of %d bytes"
                                .formatted(processorBody(whole) - 1, processorBody(whole)));
        flip(state, indexSize(whole) + 60);
        assertRefused(directory, state + ": the state of a VM is damaged: its checksum differs");
        Files.write(state, whole);

        Path memory = directory.resolve("memory");
        flip(memory, FIRST_NUMBERS + 5);
        assertRefused(directory, memory + " is damaged at 0x200000: the page is not what was saved");
        flip(memory, FIRST_NUMBERS + 5);
        restore(directory);

        Files.write(memory, new byte[5]);
        assertRefused(directory, memory + " has 5 bytes instead of 4194304");
        Files.delete(directory.resolve("checksums"));
        assertRefused(directory, directory + " is no snapshot: it has no file checksums");
    }

    /** What claims to be a part of a snapshot may be of any size, or a device that never ends. */
    @Test
    void noMoreIsReadThanASnapshotCanHave() throws Exception {
        Path directory = parent.resolve("snapshot");
        save(directory);
        Path state = directory.resolve("state");
        byte[] whole = Files.readAllBytes(state);
        try (RandomAccessFile file = new RandomAccessFile(state.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        assertRefused(directory, state + " has more than the 1048576 bytes that are possible");
        Files.delete(state);
        Files.createSymbolicLink(state, Path.of("/dev/zero"));
        assertRefused(directory, state + " is no regular file");
        Files.delete(state);
        Files.write(state, whole);

        Path checksums = directory.resolve("checksums");
        Files.write(checksums, new byte[4097]);
        assertRefused(directory, checksums + " has more than the 4096 bytes that are possible");
        Files.write(checksums, new byte[4092]);
        assertRefused(directory, checksums + " has 4092 bytes instead of 4096");
        Files.delete(checksums);
        Files.createSymbolicLink(checksums, Path.of("/dev/zero"));
        assertRefused(directory, checksums + " is no regular file");
        Files.delete(checksums);
    }

    /** How long the body of the third state is, which all say themselves: of the snapshot, of the VM, of the vCPU. */
    private static int processorBody(byte[] states) {
        int machine = bodySize(states, indexSize(states));
        return bodySize(states, indexSize(states) + 24 + machine);
    }

    private static int indexSize(byte[] states) {
        return 24 + bodySize(states, 0);
    }

    private static int bodySize(byte[] states, int at) {
        return Byte.toUnsignedInt(states[at + 16])
                | Byte.toUnsignedInt(states[at + 17]) << 8
                | Byte.toUnsignedInt(states[at + 18]) << 16;
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }
}
