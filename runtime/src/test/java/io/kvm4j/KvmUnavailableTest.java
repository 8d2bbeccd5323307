package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmSystemIoctlsOverFd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvmUnavailableTest {
    @Test
    void aMissingDevice(@TempDir Path folder) {
        String message = messageOf(folder.resolve("kvm"));
        assertTrue(message.contains("does not exist: load the kernel module"), message);
    }

    @Test
    void aDeviceWithoutPermission(@TempDir Path folder) throws IOException {
        Path device = Files.createFile(folder.resolve("kvm"));
        Files.setPosixFilePermissions(device, EnumSet.noneOf(PosixFilePermission.class));
        assumeFalse(Files.isWritable(device), "this user may open everything");
        String message = messageOf(device);
        assertTrue(message.startsWith("no permission to open " + device + ": join the group"), message);
    }

    @Test
    void aDeviceThatNobodyMayWrite() {
        Path readOnly = Path.of("/sys/kernel/uevent_seqnum");
        assumeFalse(!Files.exists(readOnly), "no sysfs");
        String message = messageOf(readOnly);
        assertTrue(message.startsWith("no permission to open " + readOnly), message);
    }

    @Test
    void anotherDevice() {
        String message = messageOf(Path.of("/dev/null"));
        assertTrue(message.startsWith("/dev/null is not KVM (KVM_GET_API_VERSION failed with ENOTTY)"), message);
    }

    @Test
    void anotherVersion() {
        KvmUnavailableException e =
                assertThrows(KvmUnavailableException.class, () -> Kvm.requireVersion(Kvm.DEVICE, new Version(11)));
        assertEquals(
                "/dev/kvm speaks version 11 of the KVM API, kvm4j needs 12: use Linux 2.6.22 or newer", e.getMessage());
        assertDoesNotThrow(() -> Kvm.requireVersion(Kvm.DEVICE, new Version(12)));
    }

    private static String messageOf(Path device) {
        KvmUnavailableException e = assertThrows(KvmUnavailableException.class, () -> Kvm.open(device));
        assertInstanceOf(ErrnoException.class, e.getCause());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        return e.getMessage();
    }

    /** A kernel that only tells its version. */
    private static final class Version extends KvmSystemIoctlsOverFd {
        private static final int NO_FD = -1;

        private final int version;

        Version(int version) {
            super(NO_FD, CapabilityProbe.ASSUME_PRESENT);
            this.version = version;
        }

        @Override
        public int getApiVersion() {
            return version;
        }
    }
}
