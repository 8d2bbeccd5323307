package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;

/** The ioctls of an in-kernel device that {@link KvmVmIoctls#createDevice} made. Any thread may call them. */
@Ioctls
public interface KvmDeviceIoctls {
    /**
     * The ioctls of a device; the caller keeps and closes the descriptor.
     *
     * @param capabilities tells the VM's capabilities, for which a device's descriptor cannot be asked
     */
    static KvmDeviceIoctls of(int fd, CapabilityProbe capabilities) {
        return new KvmDeviceIoctlsOverFd(fd, capabilities);
    }

    /**
     * Sets an attribute from the memory that {@code addr} points to.
     *
     * <p>{@code KVM_SET_DEVICE_ATTR}; capability: {@code KVM_CAP_DEVICE_CTRL}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute, EPERM if it cannot be set now
     */
    @Ioctl(value = "KVM_SET_DEVICE_ATTR", capability = "KVM_CAP_DEVICE_CTRL")
    void setDeviceAttr(@In KvmDeviceAttr attribute);

    /**
     * Writes an attribute's value to the memory that {@code addr} points to.
     *
     * <p>{@code KVM_GET_DEVICE_ATTR}; capability: {@code KVM_CAP_DEVICE_CTRL}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute, EPERM if it cannot be read now
     */
    @Ioctl(value = "KVM_GET_DEVICE_ATTR", capability = "KVM_CAP_DEVICE_CTRL")
    void getDeviceAttr(@In KvmDeviceAttr attribute);

    /**
     * Succeeds if the device has the attribute.
     *
     * <p>{@code KVM_HAS_DEVICE_ATTR}; capability: {@code KVM_CAP_DEVICE_CTRL}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute
     */
    @Ioctl(value = "KVM_HAS_DEVICE_ATTR", capability = "KVM_CAP_DEVICE_CTRL")
    void hasDeviceAttr(@In KvmDeviceAttr attribute);
}
