package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;

/** The ioctls of a VM file descriptor. Any thread may call them. */
@Ioctls
public interface KvmVmIoctls {
    /** The ioctls of a VM; the caller keeps and closes the descriptor. */
    static KvmVmIoctls of(int fd) {
        return new KvmVmIoctlsOverFd(fd, CheckExtension.on(fd));
    }

    /**
     * Creates a vCPU.
     *
     * @param id its number, unique in the VM and below the VM's KVM_CAP_MAX_VCPU_ID
     * @return a new vCPU file descriptor, which the caller owns
     */
    @Ioctl("KVM_CREATE_VCPU")
    int createVcpu(long id);

    /**
     * Asks for a capability of this VM, which may differ from that of the system.
     *
     * @param capability the number of the capability, see {@link Capability}
     * @return 0 if the VM lacks it, otherwise 1 or what the capability's documentation says
     */
    @Ioctl("KVM_CHECK_EXTENSION")
    int checkExtension(int capability);

    /** Creates, changes or, with a size of 0, deletes a memory slot. The memory stays the caller's. */
    @Ioctl(value = "KVM_SET_USER_MEMORY_REGION", capability = "KVM_CAP_USER_MEMORY")
    void setUserMemoryRegion(@In KvmUserspaceMemoryRegion region);

    /** Does what {@link #setUserMemoryRegion} does, with guest_memfd backing besides. */
    @Ioctl(value = "KVM_SET_USER_MEMORY_REGION2", capability = "KVM_CAP_USER_MEMORY2")
    void setUserMemoryRegion2(@In KvmUserspaceMemoryRegion2 region);

    /** Turns on a capability that is off by default, for this VM. */
    @Ioctl(value = "KVM_ENABLE_CAP", capability = "KVM_CAP_ENABLE_CAP_VM")
    void enableCap(@In KvmEnableCap capability);

    /** Sets the level of an input of the in-kernel interrupt controller. */
    @Ioctl(value = "KVM_IRQ_LINE", capability = "KVM_CAP_IRQCHIP")
    void irqLine(@In KvmIrqLevel level);

    /**
     * Creates an in-kernel device.
     *
     * @param device its type goes in; its descriptor, which the caller owns, comes out
     */
    @Ioctl(value = "KVM_CREATE_DEVICE", capability = "KVM_CAP_DEVICE_CTRL")
    void createDevice(@InOut KvmCreateDevice device);
}
