package io.kvm4j.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.userfaultfd.UffdioApi;
import io.kvm4j.uapi.userfaultfd.UserfaultfdIoctls;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class IoctlCallTest {
    private static final int NO_FD = -1;

    @Test
    void failureIsReturnedAsNegativeErrno() {
        assertEquals(-Errno.EBADF, IoctlCall.call(NO_FD, KvmConstants.KVM_RUN, 0L));
    }

    @Test
    void anAttemptSaysOnlyThatItFailed() {
        assertEquals(IoctlCall.FAILED, IoctlCall.attempt(NO_FD, KvmConstants.KVM_RUN, 0L));
    }

    @Test
    void exceptionSaysWhatFailedOnWhatAndHow() {
        KvmVmIoctls vm = new KvmVmIoctlsOverFd(NO_FD, CapabilityProbe.ASSUME_PRESENT);
        KvmUserspaceMemoryRegion region =
                KvmUserspaceMemoryRegion.allocate(Arena.ofAuto()).slot(5);
        ErrnoException e = assertThrows(ErrnoException.class, () -> vm.setUserMemoryRegion(region));
        assertEquals(Errno.EBADF, e.errno());
        assertEquals("EBADF", e.errnoName());
        assertEquals("KVM_SET_USER_MEMORY_REGION", e.call());
        assertTrue(
                String.valueOf(e.getMessage())
                        .startsWith("KVM_SET_USER_MEMORY_REGION(fd -1, kvm_userspace_memory_region{slot=0x5,"),
                e::getMessage);
        assertTrue(String.valueOf(e.getMessage()).endsWith("): EBADF (9)"), e::getMessage);
    }

    @Test
    void exceptionNamesTheCapabilityThatTheKernelLacks() {
        KvmVmIoctls vm = new KvmVmIoctlsOverFd(NO_FD, _ -> 0);
        KvmUserspaceMemoryRegion2 region = KvmUserspaceMemoryRegion2.allocate(Arena.ofAuto());
        ErrnoException e = assertThrows(ErrnoException.class, () -> vm.setUserMemoryRegion2(region));
        assertTrue(
                String.valueOf(e.getMessage()).endsWith("EBADF (9); this kernel lacks KVM_CAP_USER_MEMORY2"),
                e::getMessage);
    }

    @Test
    void descriptorThatCannotBeAskedIsTakenToLackNothing() {
        KvmVmIoctls vm = KvmVmIoctls.of(NO_FD);
        ErrnoException e = assertThrows(
                ErrnoException.class,
                () -> vm.setUserMemoryRegion2(KvmUserspaceMemoryRegion2.allocate(Arena.ofAuto())));
        assertTrue(String.valueOf(e.getMessage()).endsWith("EBADF (9)"), e::getMessage);
    }

    @Test
    void everyDescriptorWorksOverAnyFd() {
        assertThrows(ErrnoException.class, () -> KvmSystemIoctls.of(NO_FD).getApiVersion());
        assertThrows(ErrnoException.class, () -> UserfaultfdIoctls.of(NO_FD).api(UffdioApi.allocate(Arena.ofAuto())));
        assertEquals(
                -Errno.EBADF,
                KvmVcpuIoctls.of(NO_FD, CapabilityProbe.ASSUME_PRESENT).run());
    }

    @Test
    void unknownErrnoHasANumber() {
        assertEquals("errno 4095", Errno.name(4095));
        assertEquals("EHWPOISON", Errno.name(Errno.EHWPOISON));
    }
}
