package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmRun;
import io.kvm4j.uapi.KvmSystemIoctls;
import io.kvm4j.uapi.x86_64.X86Constants;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class KvmSystemIoctlsTest extends IoctlsTest {
    private final KvmSystemIoctls ioctls = recorder.recording(KvmSystemIoctls.class, kvm.ioctls());

    @Test
    void getApiVersion() {
        assertEquals(KvmConstants.KVM_API_VERSION, ioctls.getApiVersion());
    }

    @Test
    void createVm() {
        owned(ioctls.createVm(0), "VM");
        fails(Errno.EINVAL, () -> ioctls.createVm(-1));
    }

    @Test
    void checkExtension() {
        assertEquals(1, ioctls.checkExtension(KvmConstants.KVM_CAP_USER_MEMORY));
        assertEquals(0, ioctls.checkExtension(Integer.MAX_VALUE));
    }

    @Test
    void getVcpuMmapSize() {
        int size = ioctls.getVcpuMmapSize();
        assertTrue(size >= KvmRun.LAYOUT.byteSize());
        assertEquals(0, size % PAGE);
    }

    @Test
    void getDeviceAttr() {
        MemorySegment features = arena.allocate(ValueLayout.JAVA_LONG);
        needs(Capability.KVM_CAP_SYS_ATTRIBUTES, () -> ioctls.getDeviceAttr(attribute(0, 0, features.address())));
        ioctls.getDeviceAttr(attribute(0, X86Constants.KVM_X86_XCOMP_GUEST_SUPP, features.address()));
        long x87 = features.get(ValueLayout.JAVA_LONG, 0) & 1;
        assertEquals(1, x87);
        fails(Errno.ENXIO, () -> ioctls.getDeviceAttr(attribute(0, 1000, features.address())));
    }

    @Test
    void hasDeviceAttr() {
        needs(Capability.KVM_CAP_SYS_ATTRIBUTES, () -> ioctls.hasDeviceAttr(attribute(0, 0, 0)));
        ioctls.hasDeviceAttr(attribute(0, X86Constants.KVM_X86_XCOMP_GUEST_SUPP, 0));
        fails(Errno.ENXIO, () -> ioctls.hasDeviceAttr(attribute(1000, 0, 0)));
    }
}
