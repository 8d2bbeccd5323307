package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmVmIoctls;

/** The ioctls of a VM file descriptor on 64-bit Arm. */
@Ioctls
public interface Arm64VmIoctls extends KvmVmIoctls {
    /** The ioctls of a VM; the caller keeps and closes the descriptor. */
    static Arm64VmIoctls of(int fd) {
        CapabilityProbe capabilities = KvmVmIoctls.of(fd)::checkExtension;
        return new Arm64VmIoctlsOverFd(fd, capabilities);
    }

    /** Tells the vCPU type that fits the host's processor: what to start from for {@link Arm64VcpuIoctls#vcpuInit}. */
    @Ioctl("KVM_ARM_PREFERRED_TARGET")
    void preferredTarget(@Out KvmVcpuInit target);
}
