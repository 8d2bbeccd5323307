package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmVcpuIoctls;

/** The ioctls of a vCPU file descriptor on 64-bit Arm. */
@Ioctls
public interface Arm64VcpuIoctls extends KvmVcpuIoctls {
    /**
     * The ioctls of a vCPU; the caller keeps and closes the descriptor.
     *
     * @param capabilities tells the VM's capabilities, for which a vCPU's descriptor cannot be asked
     */
    static Arm64VcpuIoctls of(int fd, CapabilityProbe capabilities) {
        return new Arm64VcpuIoctlsOverFd(fd, capabilities);
    }

    /** Makes the vCPU one of the given type and with the given features, before anything else is done with it. */
    @Ioctl("KVM_ARM_VCPU_INIT")
    void vcpuInit(@In KvmVcpuInit init);
}
