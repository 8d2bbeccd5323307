package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmSystemIoctls;

/** The ioctls of {@code /dev/kvm} on 64-bit Arm. */
@Ioctls
public interface Arm64SystemIoctls extends KvmSystemIoctls {
    /** The ioctls of an open {@code /dev/kvm}; the caller keeps and closes the descriptor. */
    static Arm64SystemIoctls of(int fd) {
        CapabilityProbe capabilities = KvmSystemIoctls.of(fd)::checkExtension;
        return new Arm64SystemIoctlsOverFd(fd, capabilities);
    }

    /** Creates a VM of a type, as {@link #createVm(long)} does; {@code ofBits} also takes the size of its addresses. */
    default int createVm(VmTypeFlags type) {
        return createVm(type.bits());
    }
}
