package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmMsrList;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.MsrEntries;
import io.kvm4j.uapi.x86_64.X86SystemIoctls;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class X86SystemIoctlsTest extends IoctlsTest {
    private static final int HYPERV_VENDOR = 0x40000000;
    private static final int SYSENTER_CS = 0x174;
    private static final long MCG_CTL_P = 1 << 8;

    private final X86SystemIoctls ioctls = recorder.recording(X86SystemIoctls.class, X86SystemIoctls.of(kvm.fd()));

    @Test
    void getSupportedCpuid() {
        assertTrue(hasLeaf(ioctls.getSupportedCpuid(arena), 0));
    }

    @Test
    void getEmulatedCpuid() {
        needs(Capability.KVM_CAP_EXT_EMUL_CPUID, () -> ioctls.getEmulatedCpuid(arena));
        KvmCpuid2 cpuid = ioctls.getEmulatedCpuid(arena);
        assertTrue(cpuid.nent() <= cpuid.capacity());
    }

    @Test
    void getSupportedHvCpuid() {
        needs(Capability.KVM_CAP_SYS_HYPERV_CPUID, () -> ioctls.getSupportedHvCpuid(arena));
        assertTrue(hasLeaf(ioctls.getSupportedHvCpuid(arena), HYPERV_VENDOR));
    }

    @Test
    void getMsrIndexList() {
        KvmMsrList list = ioctls.getMsrIndexList(arena);
        assertTrue(IntStream.range(0, list.nmsrs()).anyMatch(i -> list.entry(i) == SYSENTER_CS));
    }

    @Test
    void getMsrFeatureIndexList() {
        needs(Capability.KVM_CAP_GET_MSR_FEATURES, () -> ioctls.getMsrFeatureIndexList(arena));
        assertTrue(ioctls.getMsrFeatureIndexList(arena).nmsrs() > 0);
    }

    @Test
    void getMsrs() {
        needs(Capability.KVM_CAP_GET_MSR_FEATURES, () -> ioctls.getMsrs(KvmMsrs.allocate(arena, 0)));
        KvmMsrList list = ioctls.getMsrFeatureIndexList(arena);
        assertEquals(list.nmsrs(), ioctls.getMsrs(MsrEntries.of(arena, list, 0, list.nmsrs())));
    }

    @Test
    void x86GetMceCapSupported() {
        needs(Capability.KVM_CAP_MCE, ioctls::x86GetMceCapSupported);
        assertEquals(MCG_CTL_P, ioctls.x86GetMceCapSupported() & MCG_CTL_P);
    }

    private static boolean hasLeaf(KvmCpuid2 cpuid, int function) {
        return IntStream.range(0, cpuid.nent()).anyMatch(i -> cpuid.entry(i).function() == function);
    }
}
