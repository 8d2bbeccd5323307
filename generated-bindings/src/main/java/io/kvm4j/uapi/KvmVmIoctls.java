package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.WrongMacro;

/** The ioctls of a VM file descriptor. Any thread of the process that created the VM may call them. */
@Ioctls
public interface KvmVmIoctls {
    /** The ioctls of a VM; the caller keeps and closes the descriptor. */
    static KvmVmIoctls of(int fd) {
        return new KvmVmIoctlsOverFd(fd, CheckExtension.on(fd));
    }

    /**
     * Creates a vCPU.
     *
     * <p>{@code KVM_CREATE_VCPU}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @param id its number, unique in the VM and below the VM's KVM_CAP_MAX_VCPU_ID
     * @return a new vCPU file descriptor, which the caller owns
     * @throws ErrnoException with EEXIST if the VM has that vCPU already, EINVAL if the number or the number of vCPUs
     *     is too large
     */
    @Ioctl("KVM_CREATE_VCPU")
    int createVcpu(long id);

    /**
     * Asks for a capability of this VM, which may differ from that of the system.
     *
     * <p>{@code KVM_CHECK_EXTENSION}; capability: {@code KVM_CAP_CHECK_EXTENSION_VM}; in Linux since 6.1 or earlier.
     *
     * @param capability the number of the capability, see {@link Capability}
     * @return 0 if the VM lacks it, otherwise 1 or what the capability's documentation says
     */
    @Ioctl(value = "KVM_CHECK_EXTENSION", capability = "KVM_CAP_CHECK_EXTENSION_VM")
    int checkExtension(int capability);

    /** Does what {@link #checkExtension(int)} does. */
    default int checkExtension(Capability capability) {
        return checkExtension(capability.number());
    }

    /**
     * Creates, changes or, with a size of 0, deletes a memory slot. The memory stays the caller's.
     *
     * <p>{@code KVM_SET_USER_MEMORY_REGION}; capability: {@code KVM_CAP_USER_MEMORY}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EEXIST if the slot overlaps another, EINVAL if an address or size is no multiple of
     *     the page size, or what was to change cannot change
     */
    @Ioctl(value = "KVM_SET_USER_MEMORY_REGION", capability = "KVM_CAP_USER_MEMORY")
    void setUserMemoryRegion(@In KvmUserspaceMemoryRegion region);

    /**
     * Does what {@link #setUserMemoryRegion} does, with guest_memfd backing besides: see {@code KVM_MEM_GUEST_MEMFD}.
     *
     * <p>{@code KVM_SET_USER_MEMORY_REGION2}; capability: {@code KVM_CAP_USER_MEMORY2}; in Linux since 6.12 or
     * earlier, but after 6.1.
     *
     * @throws ErrnoException as that of {@link #setUserMemoryRegion}; EINVAL also if the guest_memfd is another VM's
     *     or its range is bound to a slot already
     */
    @Ioctl(value = "KVM_SET_USER_MEMORY_REGION2", capability = "KVM_CAP_USER_MEMORY2")
    void setUserMemoryRegion2(@In KvmUserspaceMemoryRegion2 region);

    /**
     * Writes a bit for each page of a slot that was written since the last call to the memory that {@code
     * dirty_bitmap} points to: bit 0 is the slot's first page, and the memory takes a multiple of 8 bytes.
     *
     * <p>The call forgets what it reported, unless {@code KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2} is on: then {@link
     * #clearDirtyLog} does.
     *
     * <p>{@code KVM_GET_DIRTY_LOG}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENOENT if there is no such slot or it does not log ({@code
     *     KVM_MEM_LOG_DIRTY_PAGES}), ENXIO if the VM has dirty rings, EFAULT if the bitmap cannot be written
     */
    @Ioctl("KVM_GET_DIRTY_LOG")
    void getDirtyLog(@In KvmDirtyLog log);

    /**
     * Forgets, and protects again, the pages whose bits are set in the memory that {@code dirty_bitmap} points to.
     * The first page is a multiple of 64, and so is the number of pages unless it reaches the slot's end.
     *
     * <p>{@code KVM_CLEAR_DIRTY_LOG}; capability: {@code KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2}; in Linux since 6.1 or
     * earlier.
     *
     * @throws ErrnoException with ENOENT if there is no such slot or it does not log, EINVAL if the range is not as
     *     above, ENXIO if the VM has dirty rings
     */
    @Ioctl(value = "KVM_CLEAR_DIRTY_LOG", capability = "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2")
    @WrongMacro("the macro says _IOWR, yet the kernel only reads the struct")
    void clearDirtyLog(@In KvmClearDirtyLog log);

    /**
     * Takes back the entries of all vCPUs' dirty rings that were harvested, see {@link DirtyRing}, and protects their
     * pages again.
     *
     * <p>{@code KVM_RESET_DIRTY_RINGS}; capability: {@code KVM_CAP_DIRTY_LOG_RING}; in Linux since 6.1 or earlier.
     *
     * @return the number of entries taken back: since Linux 6.16 fewer than were harvested if a signal is pending, see
     *     {@link DirtyRing#notReset}
     * @throws ErrnoException with EINVAL if the VM has no dirty rings
     */
    @Ioctl(value = "KVM_RESET_DIRTY_RINGS", capability = "KVM_CAP_DIRTY_LOG_RING")
    int resetDirtyRings();

    /**
     * Lets KVM collect the guest's writes to a range of addresses or ports in {@link CoalescedMmio} instead of
     * exiting for each.
     *
     * <p>{@code KVM_REGISTER_COALESCED_MMIO}; capability: {@code KVM_CAP_COALESCED_MMIO}, for ports ({@code pio})
     * {@code KVM_CAP_COALESCED_PIO}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if {@code pio} is neither 0 nor 1, ENOSPC if there are too many zones
     */
    @Ioctl(value = "KVM_REGISTER_COALESCED_MMIO", capability = "KVM_CAP_COALESCED_MMIO")
    void registerCoalescedMmio(@In KvmCoalescedMmioZone zone);

    /**
     * Ends the collection for all zones within a range. No zone there is no error.
     *
     * <p>{@code KVM_UNREGISTER_COALESCED_MMIO}; capability: {@code KVM_CAP_COALESCED_MMIO}, for ports ({@code pio})
     * {@code KVM_CAP_COALESCED_PIO}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if {@code pio} is neither 0 nor 1
     */
    @Ioctl(value = "KVM_UNREGISTER_COALESCED_MMIO", capability = "KVM_CAP_COALESCED_MMIO")
    void unregisterCoalescedMmio(@In KvmCoalescedMmioZone zone);

    /**
     * Turns on a capability that is off by default, for this VM.
     *
     * <p>{@code KVM_ENABLE_CAP}; capability: {@code KVM_CAP_ENABLE_CAP_VM}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the capability cannot be turned on for a VM, or not with these arguments
     *     or flags
     */
    @Ioctl(value = "KVM_ENABLE_CAP", capability = "KVM_CAP_ENABLE_CAP_VM")
    void enableCap(@In KvmEnableCap capability);

    /**
     * Sets the level of an input of the in-kernel interrupt controller.
     *
     * <p>{@code KVM_IRQ_LINE}; capability: {@code KVM_CAP_IRQCHIP}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if the VM has no in-kernel interrupt controller
     */
    @Ioctl(value = "KVM_IRQ_LINE", capability = "KVM_CAP_IRQCHIP")
    void irqLine(@In KvmIrqLevel level);

    /**
     * Sets the level of an input of the in-kernel interrupt controller, and tells in {@code status} what became of
     * it: above 0 delivered, 0 merged with one that is pending, below 0 ignored since it is masked.
     *
     * <p>{@code KVM_IRQ_LINE_STATUS}; capability: {@code KVM_CAP_IRQ_INJECT_STATUS}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if the VM has no in-kernel interrupt controller
     */
    @Ioctl(value = "KVM_IRQ_LINE_STATUS", capability = "KVM_CAP_IRQ_INJECT_STATUS")
    void irqLineStatus(@InOut KvmIrqLevel level);

    /**
     * Replaces the whole table that says where each global interrupt (GSI) goes. {@link GsiRoutes} writes its
     * entries.
     *
     * <p>{@code KVM_SET_GSI_ROUTING}; capability: {@code KVM_CAP_IRQ_ROUTING}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the VM has no in-kernel interrupt controller, or an entry is wrong, or
     *     there are more than {@code KVM_CAP_IRQ_ROUTING} says
     */
    @Ioctl(value = "KVM_SET_GSI_ROUTING", capability = "KVM_CAP_IRQ_ROUTING")
    void setGsiRouting(@In KvmIrqRouting routing);

    /**
     * Lets an eventfd raise a global interrupt, or ends that.
     *
     * <p>{@code KVM_IRQFD}; capability: {@code KVM_CAP_IRQFD}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EBUSY if the eventfd has an interrupt already, EINVAL if the VM has no in-kernel
     *     interrupt controller or the flags are wrong, EBADF if it is no eventfd
     */
    @Ioctl(value = "KVM_IRQFD", capability = "KVM_CAP_IRQFD")
    void irqfd(@In KvmIrqfd irqfd);

    /**
     * Lets a guest's write to an address or port signal an eventfd instead of exiting, or ends that.
     *
     * <p>{@code KVM_IOEVENTFD}; capability: {@code KVM_CAP_IOEVENTFD}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EEXIST if one is there already, ENOENT if the one to end is not there, ENOSPC if
     *     there are too many, EINVAL if length or flags are wrong
     */
    @Ioctl(value = "KVM_IOEVENTFD", capability = "KVM_CAP_IOEVENTFD")
    void ioeventfd(@In KvmIoeventfd ioeventfd);

    /**
     * Delivers a message signalled interrupt.
     *
     * <p>{@code KVM_SIGNAL_MSI}; capability: {@code KVM_CAP_SIGNAL_MSI}; in Linux since 6.1 or earlier.
     *
     * @return above 0 if it was delivered, 0 if the guest blocks it
     * @throws ErrnoException with EINVAL if the VM has no in-kernel interrupt controller or the flags are wrong
     */
    @Ioctl(value = "KVM_SIGNAL_MSI", capability = "KVM_CAP_SIGNAL_MSI")
    int signalMsi(@In KvmMsi msi);

    /**
     * Creates an in-kernel device, or with {@code KVM_CREATE_DEVICE_TEST} only asks whether it could.
     *
     * <p>{@code KVM_CREATE_DEVICE}; capability: {@code KVM_CAP_DEVICE_CTRL}; in Linux since 6.1 or earlier.
     *
     * @param device its type goes in; its descriptor, which the caller owns, comes out
     * @throws ErrnoException with ENODEV if the kernel does not know the type, EEXIST if there is one and can be one
     *     only
     */
    @Ioctl(value = "KVM_CREATE_DEVICE", capability = "KVM_CAP_DEVICE_CTRL")
    void createDevice(@InOut KvmCreateDevice device);

    /**
     * Sets an attribute of the VM from the memory that {@code addr} points to. Of the bound architectures only arm64
     * has such attributes.
     *
     * <p>{@code KVM_SET_DEVICE_ATTR}; capability: {@code KVM_CAP_VM_ATTRIBUTES}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute, EPERM if it cannot be set now; ENOTTY
     *     where VMs have no attributes
     */
    @Ioctl(value = "KVM_SET_DEVICE_ATTR", capability = "KVM_CAP_VM_ATTRIBUTES")
    void setDeviceAttr(@In KvmDeviceAttr attribute);

    /**
     * Succeeds if the VM has an attribute. Of the bound architectures only arm64 has such attributes.
     *
     * <p>{@code KVM_HAS_DEVICE_ATTR}; capability: {@code KVM_CAP_VM_ATTRIBUTES}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute; ENOTTY where VMs have no attributes
     */
    @Ioctl(value = "KVM_HAS_DEVICE_ATTR", capability = "KVM_CAP_VM_ATTRIBUTES")
    void hasDeviceAttr(@In KvmDeviceAttr attribute);

    /**
     * Opens the VM's statistics, which {@link KvmStats} reads.
     *
     * <p>{@code KVM_GET_STATS_FD}; capability: {@code KVM_CAP_BINARY_STATS_FD}; in Linux since 6.1 or earlier.
     *
     * @return a new file descriptor, which the caller owns; it may outlive the VM's
     * @throws ErrnoException with EMFILE if the process has too many open files, ENOMEM if memory is short
     */
    @Ioctl(value = "KVM_GET_STATS_FD", capability = "KVM_CAP_BINARY_STATS_FD")
    int getStatsFd();
}
