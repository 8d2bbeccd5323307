package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.posix.Descriptor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RequiresKvm
class OwnedDescriptorTest {
    private static final int NO_DESCRIPTOR = 1_000_000;

    private Kvm kvm;
    private Vm vm;

    @BeforeEach
    void open() {
        kvm = Kvm.open();
        vm = kvm.createVm();
    }

    @AfterEach
    void close() {
        vm.close();
        kvm.close();
    }

    private static boolean isOpen(int fd) {
        return Files.exists(Path.of("/proc/self/fd/" + fd), LinkOption.NOFOLLOW_LINKS);
    }

    /** A descriptor that no object owns. */
    private int raw() {
        return vm.ioctls().createVcpu(5);
    }

    @Test
    void anAdoptedDescriptorClosesWithItsVm() {
        int fd = raw();
        OwnedDescriptor owned = vm.adopt(fd, "vCPU 5");
        assertEquals(fd, owned.fd());
        assertEquals("vCPU 5, fd " + fd, owned.toString());
        assertTrue(isOpen(fd));
        vm.close();
        assertFalse(isOpen(fd));
        assertTrue(owned.isClosed());
        IllegalStateException e = assertThrows(IllegalStateException.class, owned::fd);
        assertEquals("vCPU 5 is closed", e.getMessage());
    }

    @Test
    void anAdoptedDescriptorClosesOnce() {
        OwnedDescriptor owned = vm.adopt(raw(), "vCPU 5");
        int fd = owned.fd();
        owned.close();
        assertFalse(isOpen(fd));
        try (Descriptor other = Descriptor.memory("reuses the number", 4096)) {
            assertEquals(fd, other.fd(), "the lowest free number");
            owned.close();
            vm.close();
            assertTrue(isOpen(other.fd()));
        }
    }

    @Test
    void aClosedVmAdoptsNothingAndLeaksNothing() {
        int fd = raw();
        vm.close();
        assertThrows(IllegalStateException.class, () -> vm.adopt(fd, "vCPU 5"));
        assertFalse(isOpen(fd));
    }

    @Test
    void aNumberWithoutADescriptorIsRefused() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> vm.adopt(NO_DESCRIPTOR, "the device"));
        assertEquals("cannot adopt the device: 1000000 is not an open descriptor", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> vm.adopt(-1, "the device"));
    }

    @Test
    void aVmCanBeMadeOfARawDescriptor() {
        int fd = kvm.ioctls().createVm(0);
        try (Vm adopted = kvm.adoptVm(fd)) {
            assertEquals(fd, adopted.fd());
            adopted.addMemory(0, 4096).writeByte(0, (byte) 1);
            adopted.createVcpu(0);
        }
        assertFalse(isOpen(fd));
    }

    @Test
    void aDescriptorThatIsNoVmIsNotMadeOne() {
        try (Descriptor file = Descriptor.memory("no VM", 4096)) {
            int fd = file.duplicate().fd();
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> kvm.adoptVm(fd));
            assertEquals("cannot adopt a VM: fd " + fd + " is not one", e.getMessage());
            assertFalse(isOpen(fd));
        }
        assertThrows(IllegalArgumentException.class, () -> kvm.adoptVm(NO_DESCRIPTOR));
    }
}
