package io.kvm4j.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Spawn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The record's lock, and who may read and replace its files. */
@Timeout(300)
class HandOverRecordTest {
    private static final MoveAttempt ATTEMPT = new MoveAttempt(0x1234, 0x5678);
    private static final int NOBODY = 65534;

    private Path place;
    private Path folder;

    /** Other users can enter the place, so that only the record's directory keeps them out. */
    @BeforeEach
    void makePlace() throws IOException {
        place = Files.createTempDirectory("kvm4j-record");
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        folder = place.resolve("guest");
    }

    @AfterEach
    void removePlace() throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static String modeOf(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    }

    /** Runs {@link RecordOwner} in a process of its own, and returns what it prints. */
    private String inOtherProcess(String umask) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "umask " + umask + "; exec \"$0\" \"$@\""));
        command.addAll(OwnClasses.command(RecordOwner.class, folder.toString()));
        return run(command.toArray(String[]::new));
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            return said.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** A second record in this process is refused, and by that neither releases the first nor lets another process in. */
    @Test
    void aRefusedOpenReleasesNothing() throws Exception {
        try (HandOverRecord first = HandOverRecord.open(folder)) {
            String inUse = folder + " is in use: another source has it, end that first";
            for (int i = 0; i < 3; i++) {
                IOException e = assertThrows(IOException.class, () -> HandOverRecord.open(folder));
                assertEquals(inUse, e.getMessage());
            }
            // As any other code of this process may: closing a descriptor releases the POSIX locks of all.
            Files.readAllBytes(folder.resolve("lock"));
            assertEquals("refused: " + inUse, inOtherProcess("022"));
            assertFalse(first.isHandedOver());
        }
        assertEquals("opened", inOtherProcess("022"));
    }

    /** A child that had it would keep the lock when this process is killed. */
    @Test
    void noChildInheritsTheLock() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no shell to start");
        Path files = place.resolve("files");
        try (HandOverRecord first = HandOverRecord.open(folder)) {
            Spawn.run("/bin/sh", "-c", "for f in /proc/self/fd/*; do readlink $f; done > '" + files + "'; true");
            assertTrue(first.isOpen());
        }
        List<String> inherited = Files.readAllLines(files);
        assertEquals(
                List.of(),
                inherited.stream()
                        .filter(file -> file.startsWith(folder.toString()))
                        .toList());
    }

    /** Whatever the umask takes away or leaves. */
    @ParameterizedTest
    @ValueSource(strings = {"000", "022", "077", "277", "777"})
    void directoryAndFilesAreTheOwnersAlone(String umask) throws Exception {
        folder = place.resolve("parent/guest");
        assertEquals("opened", inOtherProcess(umask));
        assertEquals("rwx------", modeOf(folder.getParent()));
        assertEquals("rwx------", modeOf(folder));
        assertEquals("rw-------", modeOf(folder.resolve("lock")));
        assertEquals("rw-------", modeOf(folder.resolve("handed-over")));
        assertEquals(ATTEMPT.text(), Files.readString(folder.resolve("handed-over")));
    }

    @Test
    void anotherUserReadsNothing() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "there is no setpriv");
        assertEquals("opened", inOtherProcess("022"));
        for (String file : List.of("lock", "handed-over")) {
            assertTrue(asNobody("cat", folder.resolve(file)).contains("Permission denied"));
        }
        assertTrue(asNobody("ls", folder).contains("Permission denied"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String file : List.of("lock", "handed-over")) {
            assertTrue(asNobody("cat", folder.resolve(file)).contains("Permission denied"));
        }
    }

    private static String asNobody(String command, Path file) throws Exception {
        String reuid = "--reuid=" + NOBODY;
        return run("/usr/bin/setpriv", reuid, "--regid=" + NOBODY, "--clear-groups", command, file.toString());
    }

    /** What an earlier version left, open to all, is closed to others. */
    @Test
    void anExistingRecordIsTightened() throws Exception {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        for (String name : List.of("lock", "handed-over")) {
            Files.writeString(folder.resolve(name), ATTEMPT.text());
            Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
        }
        try (HandOverRecord record = HandOverRecord.open(folder)) {
            assertTrue(record.isHandedOver());
        }
        assertEquals("rwx------", modeOf(folder));
        assertEquals("rw-------", modeOf(folder.resolve("lock")));
        assertEquals("rw-------", modeOf(folder.resolve("handed-over")));
    }

    @Test
    void aDirectoryThatIsUsedOtherwiseIsLeftAsItIs() throws Exception {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("passwd"), "");
        IOException e = assertThrows(IOException.class, () -> HandOverRecord.open(folder));
        assertEquals(
                folder + " is open to other users (mode 0755) and in use: name another directory, or chmod 700 it",
                e.getMessage());
        assertEquals("rwxr-xr-x", modeOf(folder));
    }

    @Test
    void aDirectoryOfAnotherUserIsRefused() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give a directory away");
        Files.createDirectory(folder);
        Files.setAttribute(folder, "unix:uid", NOBODY);
        IOException e = assertThrows(IOException.class, () -> HandOverRecord.open(folder));
        assertTrue(e.getMessage().startsWith(folder + " belongs to user 65534, not to user 0"), e.getMessage());
    }

    /** No name leads elsewhere, neither to read nor to write. */
    @ParameterizedTest
    @ValueSource(strings = {"lock", "handed-over", "handed-over.pending"})
    void noSymbolicLinkIsFollowed(String name) throws Exception {
        Files.createDirectory(folder);
        Path target = Files.writeString(place.resolve("target"), ATTEMPT.text());
        Files.createSymbolicLink(folder.resolve(name), target);
        if (name.equals("handed-over.pending")) {
            try (HandOverRecord record = HandOverRecord.open(folder)) {
                record.prepare(new MoveAttempt(1, 2));
                record.commit(new MoveAttempt(1, 2));
            }
            assertTrue(Files.isRegularFile(folder.resolve("handed-over"), LinkOption.NOFOLLOW_LINKS));
        } else {
            IOException e = assertThrows(IOException.class, () -> HandOverRecord.open(folder));
            assertEquals(folder.resolve(name) + " is a symbolic link: remove it", e.getMessage());
        }
        assertEquals(ATTEMPT.text(), Files.readString(target));
        assertEquals("rw-r--r--", modeOf(target));
    }

    @Test
    void aSymbolicLinkIsNoDirectory() throws Exception {
        Path target = Files.createDirectory(place.resolve("target"));
        Files.createSymbolicLink(folder, target);
        IOException e = assertThrows(IOException.class, () -> HandOverRecord.open(folder));
        assertTrue(e.getMessage().contains("name the directory itself"), e.getMessage());
    }

    @Test
    void aFileWithAnotherNameElsewhereIsRefused() throws Exception {
        Files.createDirectory(folder);
        Files.createLink(folder.resolve("lock"), Files.writeString(place.resolve("target"), ""));
        IOException e = assertThrows(IOException.class, () -> HandOverRecord.open(folder));
        assertTrue(e.getMessage().contains("remove it"), e.getMessage());
    }
}
