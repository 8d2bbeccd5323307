package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;
import io.kvm4j.processor.annotations.WrongMacro;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmArmDeviceAddr;
import io.kvm4j.uapi.KvmCreateGuestMemfd;
import io.kvm4j.uapi.KvmVmIoctls;

/** The ioctls of a VM file descriptor on 64-bit Arm. Any thread may call them. */
@Ioctls
public interface Arm64VmIoctls extends KvmVmIoctls {
    /** The ioctls of a VM; the caller keeps and closes the descriptor. */
    static Arm64VmIoctls of(int fd) {
        CapabilityProbe capabilities = KvmVmIoctls.of(fd)::checkExtension;
        return new Arm64VmIoctlsOverFd(fd, capabilities);
    }

    /**
     * Tells the type of vCPU that matches the host's processor, and the features recommended for it: what to start from
     * for {@link Arm64VcpuIoctls#armVcpuInit}.
     *
     * <p>{@code KVM_ARM_PREFERRED_TARGET}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENODEV if the host has no preferred target
     */
    @Ioctl("KVM_ARM_PREFERRED_TARGET")
    void armPreferredTarget(@Out KvmVcpuInit target);

    /**
     * Creates an interrupt controller of version 2 (GICv2) in the kernel. {@link #createDevice} makes every version and
     * is to be preferred.
     *
     * <p>{@code KVM_CREATE_IRQCHIP}; capability: {@code KVM_CAP_IRQCHIP}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_CREATE_IRQCHIP", capability = "KVM_CAP_IRQCHIP")
    void createIrqchip();

    /**
     * Places a device of the kernel in guest physical memory: {@code id} holds the device in bits 16 to 31 and which of
     * its addresses this is in bits 0 to 15. For a GICv2 that {@link #createIrqchip} made, before any vCPU runs.
     * Deprecated: {@link #setDeviceAttr} on the device's own descriptor does it too.
     *
     * <p>{@code KVM_ARM_SET_DEVICE_ADDR}; capability: {@code KVM_CAP_ARM_SET_DEVICE_ADDR}; in Linux since 6.1 or
     * earlier.
     *
     * @throws ErrnoException with ENODEV if the device is unknown, ENXIO if this host does not support it, EEXIST if it
     *     has an address already, E2BIG if the address lies outside the guest's physical memory, EBUSY if it overlaps
     *     another device
     */
    @Ioctl(value = "KVM_ARM_SET_DEVICE_ADDR", capability = "KVM_CAP_ARM_SET_DEVICE_ADDR")
    void armSetDeviceAddr(@In KvmArmDeviceAddr address);

    /**
     * Copies memory tags (MTE) between a buffer, of one byte for each 16 bytes of guest memory, and the guest's tags.
     * {@code flags} is {@code KVM_ARM_TAGS_TO_GUEST} or {@code KVM_ARM_TAGS_FROM_GUEST}; {@code guest_ipa} and {@code
     * length} are multiples of the page size.
     *
     * <p>{@code KVM_ARM_MTE_COPY_TAGS}; capability: {@code KVM_CAP_ARM_MTE}; in Linux since 6.1 or earlier.
     *
     * @return {@code length}, or less if an error came up on the way
     * @throws ErrnoException with EINVAL if the arguments are wrong, EFAULT if memory cannot be accessed
     */
    @Ioctl(value = "KVM_ARM_MTE_COPY_TAGS", capability = "KVM_CAP_ARM_MTE")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the struct; the tags go through addr")
    int armMteCopyTags(@In KvmArmCopyMteTags tags);

    /**
     * Sets the counter cycles that the guest's virtual and physical counters lag behind the host's, for all vCPUs,
     * present and future. From then on the kernel silently ignores writes to the counters by {@code KVM_SET_ONE_REG}.
     *
     * <p>{@code KVM_ARM_SET_COUNTER_OFFSET}; capability: {@code KVM_CAP_COUNTER_OFFSET}; in Linux since 6.12 or
     * earlier, but after 6.1.
     *
     * @throws ErrnoException with EINVAL if {@code reserved} is not 0, EBUSY if an ioctl of a vCPU is under way
     */
    @Ioctl(value = "KVM_ARM_SET_COUNTER_OFFSET", capability = "KVM_CAP_COUNTER_OFFSET")
    void armSetCounterOffset(@In KvmArmCounterOffset offset);

    /**
     * Writes, to the array that {@code addr} points to, which bits of a range of registers a VMM may change: one mask of
     * 64 bits for each register. The capability's value has a bit for each {@code range} that there is; {@code
     * KVM_ARM_FEATURE_ID_RANGE} has {@code KVM_ARM_FEATURE_ID_RANGE_SIZE} registers.
     *
     * <p>{@code KVM_ARM_GET_REG_WRITABLE_MASKS}; capability: {@code KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES}; in Linux
     * since 6.12 or earlier, but after 6.1.
     *
     * @throws ErrnoException if the range is unknown or {@code reserved} is not 0
     */
    @Ioctl(value = "KVM_ARM_GET_REG_WRITABLE_MASKS", capability = "KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the struct; the masks go through addr")
    void armGetRegWritableMasks(@In RegMaskRange range);

    /**
     * Creates a file of guest memory that belongs to this VM, for {@link #setUserMemoryRegion2}. {@code
     * KVM_CAP_GUEST_MEMFD_FLAGS} tells which flags the VM supports.
     *
     * <p>{@code KVM_CREATE_GUEST_MEMFD}; capability: {@code KVM_CAP_GUEST_MEMFD}; in Linux's headers since 6.12 or
     * earlier, but after 6.1.
     *
     * @return a new file descriptor, which the caller owns
     * @throws ErrnoException with EINVAL if the size is 0 or not made of pages, or flags are unknown
     */
    @Ioctl(value = "KVM_CREATE_GUEST_MEMFD", capability = "KVM_CAP_GUEST_MEMFD")
    @WrongMacro("the macro says _IOWR, yet the kernel only reads the struct")
    int createGuestMemfd(@In KvmCreateGuestMemfd memfd);
}
