package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmCreateDevice;
import io.kvm4j.uapi.KvmDeviceAttr;
import io.kvm4j.uapi.KvmDeviceIoctls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The one kind of device that there can be on x86_64 is VFIO's; a kernel without it has none. */
class KvmDeviceIoctlsTest extends IoctlsTest {
    private final int device = vfio();
    private final KvmDeviceIoctls ioctls = recorder.recording(
            KvmDeviceIoctls.class, KvmDeviceIoctls.of(device >= 0 ? device : vm.fd(), vm.ioctls()::checkExtension));

    private int vfio() {
        KvmCreateDevice create = KvmCreateDevice.allocate(arena).type(KvmConstants.KVM_DEV_TYPE_VFIO);
        try {
            vm.ioctls().createDevice(create);
            return owned(create.fd(), "device").fd();
        } catch (ErrnoException e) {
            assertEquals("ENODEV", e.errnoName());
            return -1;
        }
    }

    /** Where there is no device, the same request to the VM is refused. */
    private void needsDevice(Executable call) {
        if (device < 0) {
            ErrnoException e = fails(Errno.ENOTTY, call);
            abort("this kernel has no VFIO device for guests: " + e.getMessage());
        }
    }

    private KvmDeviceAttr addFile(MemorySegment fd) {
        return attribute(KvmConstants.KVM_DEV_VFIO_FILE, KvmConstants.KVM_DEV_VFIO_FILE_ADD, fd.address());
    }

    @Test
    void hasDeviceAttr() {
        KvmDeviceAttr attribute = addFile(MemorySegment.NULL);
        needsDevice(() -> ioctls.hasDeviceAttr(attribute));
        ioctls.hasDeviceAttr(attribute);
        fails(Errno.ENXIO, () -> ioctls.hasDeviceAttr(attribute(1000, 0, 0)));
    }

    @Test
    void setDeviceAttr() {
        MemorySegment noFile = arena.allocateFrom(ValueLayout.JAVA_INT, -1);
        needsDevice(() -> ioctls.setDeviceAttr(addFile(noFile)));
        ErrnoException e = fails(Errno.EBADF, () -> ioctls.setDeviceAttr(addFile(noFile)));
        assertTrue(String.valueOf(e.getMessage()).contains("kvm_device_attr{flags=0x0, group=0x1"), e::getMessage);
    }

    @Test
    void getDeviceAttr() {
        KvmDeviceAttr attribute = addFile(arena.allocate(ValueLayout.JAVA_INT));
        needsDevice(() -> ioctls.getDeviceAttr(attribute));
        fails(Errno.EPERM, () -> ioctls.getDeviceAttr(attribute));
    }
}
