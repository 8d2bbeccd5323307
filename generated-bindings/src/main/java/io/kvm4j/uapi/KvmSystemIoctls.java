package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;

/** The ioctls of {@code /dev/kvm} itself: what the kernel can do, and the creation of VMs. Any thread may call them. */
@Ioctls
public interface KvmSystemIoctls {
    /** The ioctls of an open {@code /dev/kvm}; the caller keeps and closes the descriptor. */
    static KvmSystemIoctls of(int fd) {
        return new KvmSystemIoctlsOverFd(fd, CheckExtension.on(fd));
    }

    /**
     * Asks for the version of the API: 12 on every kernel since 2.6.22; refuse to go on with any other.
     *
     * <p>{@code KVM_GET_API_VERSION}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     */
    @Ioctl("KVM_GET_API_VERSION")
    int getApiVersion();

    /**
     * Creates a VM without memory and vCPUs.
     *
     * <p>{@code KVM_CREATE_VM}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @param type the machine type, 0 for the architecture's default
     * @return a new VM file descriptor, which the caller owns
     * @throws ErrnoException with EINVAL if the kernel has no such machine type, EINTR if a signal interrupted it:
     *     then try again
     */
    @Ioctl("KVM_CREATE_VM")
    int createVm(long type);

    /**
     * Asks for a capability of the kernel.
     *
     * <p>{@code KVM_CHECK_EXTENSION}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @param capability the number of the capability, see {@link Capability}
     * @return 0 if the kernel lacks it, otherwise 1 or what the capability's documentation says
     */
    @Ioctl("KVM_CHECK_EXTENSION")
    int checkExtension(int capability);

    /** Does what {@link #checkExtension(int)} does. */
    default int checkExtension(Capability capability) {
        return checkExtension(capability.number());
    }

    /**
     * The bytes of a vCPU's shared memory area, which starts with its {@link KvmRun}: what to map of its descriptor.
     *
     * <p>{@code KVM_GET_VCPU_MMAP_SIZE}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     */
    @Ioctl("KVM_GET_VCPU_MMAP_SIZE")
    int getVcpuMmapSize();

    /**
     * Writes the value of an attribute of KVM as a whole to the memory that {@code addr} points to. Of the bound
     * architectures only x86_64 has such attributes.
     *
     * <p>{@code KVM_GET_DEVICE_ATTR}; capability: {@code KVM_CAP_SYS_ATTRIBUTES}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute
     */
    @Ioctl(value = "KVM_GET_DEVICE_ATTR", capability = "KVM_CAP_SYS_ATTRIBUTES")
    void getDeviceAttr(@In KvmDeviceAttr attribute);

    /**
     * Succeeds if KVM as a whole has an attribute. Of the bound architectures only x86_64 has such attributes.
     *
     * <p>{@code KVM_HAS_DEVICE_ATTR}; capability: {@code KVM_CAP_SYS_ATTRIBUTES}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute
     */
    @Ioctl(value = "KVM_HAS_DEVICE_ATTR", capability = "KVM_CAP_SYS_ATTRIBUTES")
    void hasDeviceAttr(@In KvmDeviceAttr attribute);
}
