package io.kvm4j.uapi.riscv64;

import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmVmIoctls;

/** The ioctls of a VM file descriptor on 64-bit RISC-V: those that every architecture has. */
@Ioctls
public interface RiscvVmIoctls extends KvmVmIoctls {
    /** The ioctls of a VM; the caller keeps and closes the descriptor. */
    static RiscvVmIoctls of(int fd) {
        CapabilityProbe capabilities = KvmVmIoctls.of(fd)::checkExtension;
        return new RiscvVmIoctlsOverFd(fd, capabilities);
    }
}
