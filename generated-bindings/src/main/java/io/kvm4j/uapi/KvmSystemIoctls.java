package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;

/** The ioctls of {@code /dev/kvm} itself: what the kernel can do, and the creation of VMs. Any thread may call them. */
@Ioctls
public interface KvmSystemIoctls {
    /** The ioctls of an open {@code /dev/kvm}; the caller keeps and closes the descriptor. */
    static KvmSystemIoctls of(int fd) {
        return new KvmSystemIoctlsOverFd(fd, CheckExtension.on(fd));
    }

    /** Asks for the version of the API: 12 on every kernel since 2.6.22; refuse to go on with any other. */
    @Ioctl("KVM_GET_API_VERSION")
    int getApiVersion();

    /**
     * Creates a VM without memory and vCPUs.
     *
     * @param type the machine type, 0 for the architecture's default
     * @return a new VM file descriptor, which the caller owns
     */
    @Ioctl("KVM_CREATE_VM")
    int createVm(long type);

    /**
     * Asks for a capability of the kernel.
     *
     * @param capability the number of the capability, see {@link Capability}
     * @return 0 if the kernel lacks it, otherwise 1 or what the capability's documentation says
     */
    @Ioctl("KVM_CHECK_EXTENSION")
    int checkExtension(int capability);

    /** The bytes of a vCPU's shared memory area, which starts with its {@link KvmRun}: what to map of its descriptor. */
    @Ioctl("KVM_GET_VCPU_MMAP_SIZE")
    int getVcpuMmapSize();
}
