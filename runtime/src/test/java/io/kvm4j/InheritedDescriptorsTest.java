package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.events.EventFd;
import io.kvm4j.stats.Statistics;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.DeviceType;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmCreateDevice;
import io.kvm4j.uapi.KvmCreateGuestMemfd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No descriptor of a VM reaches a program that this process starts. */
@RequiresKvm
class InheritedDescriptorsTest {
    private static final long O_CLOEXEC = 02000000;
    private static final Path SHELL = Path.of("/bin/sh");

    @Test
    void everyDescriptorOfAVmIsClosedOnExec() throws IOException {
        List<String> before = inheritable();
        try (AllKinds all = new AllKinds()) {
            assertEquals(before, inheritable());
            assertTrue(all.vm.fd() > 2);
        }
    }

    @Test
    void aChildHasNoDescriptorOfAVm(@TempDir Path directory) throws IOException {
        assumeTrue(Files.isExecutable(SHELL), "no shell to start");
        List<String> before = inheritedBy(directory.resolve("before"));
        try (AllKinds all = new AllKinds()) {
            assertEquals(before, inheritedBy(directory.resolve("with a VM")));
            assertTrue(all.vm.fd() > 2);
        }
    }

    /** What a child has of the kinds of files that the runtime opens. */
    private static List<String> inheritedBy(Path out) throws IOException {
        Spawn.run(SHELL.toString(), "-c", "for f in /proc/self/fd/*; do readlink $f; done > '" + out + "'; true");
        return Files.readAllLines(out).stream()
                .filter(file ->
                        Stream.of("anon_inode:", "/dev/", "/memfd:", "/[").anyMatch(file::startsWith))
                .sorted()
                .toList();
    }

    /** The files that a child would inherit, as the kernel tells it of this process; the listing itself opens a directory. */
    private static List<String> inheritable() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(fd -> isInherited(fd.getFileName().toString()))
                    .map(InheritedDescriptorsTest::file)
                    .filter(file -> !file.startsWith("/proc/"))
                    .sorted()
                    .toList();
        }
    }

    private static String file(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return "/proc/ that is closed by now";
        }
    }

    private static boolean isInherited(String fd) {
        try {
            return Files.readAllLines(Path.of("/proc/self/fdinfo", fd)).stream()
                    .filter(line -> line.startsWith("flags:"))
                    .allMatch(line -> (Long.parseLong(line.substring(6).strip(), 8) & O_CLOEXEC) == 0);
        } catch (IOException e) {
            return false;
        }
    }

    /** Has a descriptor of every kind that the runtime makes on this kernel. */
    private static final class AllKinds implements AutoCloseable {
        final Kvm kvm = Kvm.open();
        final Vm vm = kvm.createVm();
        private final EventFd event = EventFd.create();
        private final EventFd copy = event.duplicate();

        AllKinds() {
            Vcpu vcpu = vm.createVcpu(0);
            vm.addMemory(0, MemoryBacking.memfd(0x10000));
            int guestMemfd = vm.ioctls().checkExtension(KvmConstants.KVM_CAP_GUEST_MEMFD_FLAGS);
            if ((guestMemfd & 3) == 3) {
                vm.addMemory(0x100000, MemoryBacking.guestMemfd(0x10000));
                rawGuestMemfd();
            }
            if (vm.checkExtension(Capability.KVM_CAP_BINARY_STATS_FD) != 0) {
                Statistics.of(vm);
                Statistics.of(vcpu);
                vm.adopt(vm.ioctls().getStatsFd(), "statistics");
                vm.adopt(vcpu.ioctls().getStatsFd(), "statistics");
            }
            device();
        }

        private void rawGuestMemfd() {
            try (Arena arena = Arena.ofConfined()) {
                KvmCreateGuestMemfd memfd =
                        KvmCreateGuestMemfd.allocate(arena).size(0x10000).flags(3);
                vm.adopt(vm.x86().ioctls().createGuestMemfd(memfd), "guest_memfd");
            }
        }

        private void device() {
            try (Arena arena = Arena.ofConfined()) {
                KvmCreateDevice vfio = KvmCreateDevice.allocate(arena).type(DeviceType.KVM_DEV_TYPE_VFIO);
                vm.ioctls().createDevice(vfio);
                vm.adopt(vfio.fd(), "device");
            } catch (ErrnoException e) {
                assertEquals("ENODEV", e.errnoName(), "a kernel without VFIO");
            }
        }

        @Override
        public void close() {
            copy.close();
            event.close();
            vm.close();
            kvm.close();
        }
    }
}
