package io.kvm4j.uapi.riscv64;

import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmSystemIoctls;

/** The ioctls of {@code /dev/kvm} on 64-bit RISC-V: those that every architecture has. */
@Ioctls
public interface RiscvSystemIoctls extends KvmSystemIoctls {
    /** The ioctls of an open {@code /dev/kvm}; the caller keeps and closes the descriptor. */
    static RiscvSystemIoctls of(int fd) {
        CapabilityProbe capabilities = KvmSystemIoctls.of(fd)::checkExtension;
        return new RiscvSystemIoctlsOverFd(fd, capabilities);
    }
}
