package io.kvm4j.uapi.riscv64;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmVcpuIoctls;

/** The ioctls of a vCPU file descriptor on 64-bit RISC-V. */
@Ioctls
public interface RiscvVcpuIoctls extends KvmVcpuIoctls {
    /**
     * The ioctls of a vCPU; the caller keeps and closes the descriptor.
     *
     * @param capabilities tells the VM's capabilities, for which a vCPU's descriptor cannot be asked
     */
    static RiscvVcpuIoctls of(int fd, CapabilityProbe capabilities) {
        return new RiscvVcpuIoctlsOverFd(fd, capabilities);
    }

    /** Turns debugging of the guest on or off. */
    @Ioctl("KVM_SET_GUEST_DEBUG")
    void setGuestDebug(@In KvmGuestDebug debug);
}
