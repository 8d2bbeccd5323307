package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;
import io.kvm4j.processor.annotations.WrongMacro;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmClockData;
import io.kvm4j.uapi.KvmCreateGuestMemfd;
import io.kvm4j.uapi.KvmEncRegion;
import io.kvm4j.uapi.KvmIrqRoutingXenEvtchn;
import io.kvm4j.uapi.KvmMemoryAttributes;
import io.kvm4j.uapi.KvmPitConfig;
import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.Struct;

/** The ioctls of a VM file descriptor on x86_64. Any thread of the process that created the VM may call them. */
@Ioctls
public interface X86VmIoctls extends KvmVmIoctls {
    /** The ioctls of a VM; the caller keeps and closes the descriptor. */
    static X86VmIoctls of(int fd) {
        CapabilityProbe capabilities = KvmVmIoctls.of(fd)::checkExtension;
        return new X86VmIoctlsOverFd(fd, capabilities);
    }

    /**
     * Says where KVM may put three pages for its own use below 4 GiB, which Intel hosts need.
     *
     * <p>{@code KVM_SET_TSS_ADDR}; capability: {@code KVM_CAP_SET_TSS_ADDR}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the pages do not fit below 4 GiB
     */
    @Ioctl(value = "KVM_SET_TSS_ADDR", capability = "KVM_CAP_SET_TSS_ADDR")
    void setTssAddr(long address);

    /**
     * Says where KVM may put one page for its own use below 4 GiB; 0 stands for 0xfffbc000.
     *
     * <p>{@code KVM_SET_IDENTITY_MAP_ADDR}; capability: {@code KVM_CAP_SET_IDENTITY_MAP_ADDR}; in Linux since 6.1 or
     * earlier.
     *
     * @throws ErrnoException with EINVAL once there is a vCPU
     */
    @Ioctl(value = "KVM_SET_IDENTITY_MAP_ADDR", capability = "KVM_CAP_SET_IDENTITY_MAP_ADDR")
    void setIdentityMapAddr(long address);

    /**
     * Limits the pages that KVM's shadow page tables may take.
     *
     * <p>{@code KVM_SET_NR_MMU_PAGES}; capability: {@code KVM_CAP_MMU_SHADOW_CACHE_CONTROL}; in Linux since 6.1 or
     * earlier.
     *
     * @throws ErrnoException with EINVAL if it is below 64
     */
    @Ioctl(value = "KVM_SET_NR_MMU_PAGES", capability = "KVM_CAP_MMU_SHADOW_CACHE_CONTROL")
    void setNrMmuPages(long pages);

    /**
     * Creates the interrupt controllers (two PICs, an IOAPIC, an APIC per vCPU) in the kernel, and the default
     * routing.
     *
     * <p>{@code KVM_CREATE_IRQCHIP}; capability: {@code KVM_CAP_IRQCHIP}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EEXIST if there are some, EINVAL once there is a vCPU, ENOTTY if the kernel is
     *     built without them
     */
    @Ioctl(value = "KVM_CREATE_IRQCHIP", capability = "KVM_CAP_IRQCHIP")
    void createIrqchip();

    /**
     * Reads the state of one interrupt controller, which {@code chip_id} selects.
     *
     * <p>{@code KVM_GET_IRQCHIP}; capability: {@code KVM_CAP_IRQCHIP}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if the VM has no interrupt controllers in the kernel, EINVAL if there is no
     *     such one
     */
    @Ioctl(value = "KVM_GET_IRQCHIP", capability = "KVM_CAP_IRQCHIP")
    void getIrqchip(@InOut KvmIrqchip chip);

    /**
     * Sets the state of one interrupt controller, which {@code chip_id} selects.
     *
     * <p>{@code KVM_SET_IRQCHIP}; capability: {@code KVM_CAP_IRQCHIP}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if the VM has no interrupt controllers in the kernel, EINVAL if there is no
     *     such one
     */
    @Ioctl(value = "KVM_SET_IRQCHIP", capability = "KVM_CAP_IRQCHIP")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the struct")
    void setIrqchip(@In KvmIrqchip chip);

    /**
     * Creates a programmable interval timer (i8254) in the kernel. {@link #createPit2} takes options.
     *
     * <p>{@code KVM_CREATE_PIT}; capability: {@code KVM_CAP_PIT}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EEXIST if there is one; newer kernels also ENOENT if the VM has no
     *     interrupt controllers in the kernel
     */
    @Ioctl(value = "KVM_CREATE_PIT", capability = "KVM_CAP_PIT")
    void createPit();

    /**
     * Reads the timer's three channels, without the flags that {@link #getPit2} tells.
     *
     * <p>{@code KVM_GET_PIT}; capability: {@code KVM_CAP_PIT}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if the VM has no timer in the kernel
     */
    @Ioctl(value = "KVM_GET_PIT", capability = "KVM_CAP_PIT")
    void getPit(@InOut KvmPitState state);

    /**
     * Sets the timer's three channels.
     *
     * <p>{@code KVM_SET_PIT}; capability: {@code KVM_CAP_PIT}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if the VM has no timer in the kernel
     */
    @Ioctl(value = "KVM_SET_PIT", capability = "KVM_CAP_PIT")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the struct")
    void setPit(@In KvmPitState state);

    /**
     * Creates a programmable interval timer (i8254) in the kernel, with the flag {@code KVM_PIT_SPEAKER_DUMMY} the
     * speaker's port besides.
     *
     * <p>{@code KVM_CREATE_PIT2}; capability: {@code KVM_CAP_PIT2}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EEXIST if there is one; newer kernels also ENOENT if the VM has no
     *     interrupt controllers in the kernel
     */
    @Ioctl(value = "KVM_CREATE_PIT2", capability = "KVM_CAP_PIT2")
    void createPit2(@In KvmPitConfig config);

    /**
     * Reads the timer's three channels and its flags.
     *
     * <p>{@code KVM_GET_PIT2}; capability: {@code KVM_CAP_PIT_STATE2}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if the VM has no timer in the kernel
     */
    @Ioctl(value = "KVM_GET_PIT2", capability = "KVM_CAP_PIT_STATE2")
    void getPit2(@Out KvmPitState2 state);

    /**
     * Sets the timer's three channels and its flags.
     *
     * <p>{@code KVM_SET_PIT2}; capability: {@code KVM_CAP_PIT_STATE2}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if the VM has no timer in the kernel
     */
    @Ioctl(value = "KVM_SET_PIT2", capability = "KVM_CAP_PIT_STATE2")
    void setPit2(@In KvmPitState2 state);

    /**
     * Says whether the timer makes up for interrupts that the guest was too slow to take: {@code pit_reinject} 1 or
     * 0.
     *
     * <p>{@code KVM_REINJECT_CONTROL}; capability: {@code KVM_CAP_REINJECT_CONTROL}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if the VM has no timer in the kernel
     */
    @Ioctl(value = "KVM_REINJECT_CONTROL", capability = "KVM_CAP_REINJECT_CONTROL")
    @WrongMacro("the macro says _IO, yet the kernel reads a struct")
    void reinjectControl(@In KvmReinjectControl control);

    /**
     * Says which vCPU boots, instead of number 0; before any is created.
     *
     * <p>{@code KVM_SET_BOOT_CPU_ID}; capability: {@code KVM_CAP_SET_BOOT_CPU_ID}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EBUSY once there is a vCPU
     */
    @Ioctl(value = "KVM_SET_BOOT_CPU_ID", capability = "KVM_CAP_SET_BOOT_CPU_ID")
    void setBootCpuId(long id);

    /**
     * Reads the VM's kvmclock in nanoseconds; {@code flags} says what else holds, for example {@code
     * KVM_CLOCK_TSC_STABLE}.
     *
     * <p>{@code KVM_GET_CLOCK}; capability: {@code KVM_CAP_ADJUST_CLOCK}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_GET_CLOCK", capability = "KVM_CAP_ADJUST_CLOCK")
    void getClock(@Out KvmClockData clock);

    /**
     * Sets the VM's kvmclock in nanoseconds; with {@code KVM_CLOCK_REALTIME} it adds the time since {@code realtime}.
     *
     * <p>{@code KVM_SET_CLOCK}; capability: {@code KVM_CAP_ADJUST_CLOCK}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if {@code flags} has any other bit
     */
    @Ioctl(value = "KVM_SET_CLOCK", capability = "KVM_CAP_ADJUST_CLOCK")
    void setClock(@In KvmClockData clock);

    /**
     * Sets the frequency of the time stamp counter of vCPUs that are created from now on; 0 stands for the host's.
     *
     * <p>{@code KVM_SET_TSC_KHZ}; capability: {@code KVM_CAP_VM_TSC_CONTROL}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the frequency is more than the hardware can scale to
     */
    @Ioctl(value = "KVM_SET_TSC_KHZ", capability = "KVM_CAP_VM_TSC_CONTROL")
    void setTscKhz(int khz);

    /**
     * Tells the frequency of the time stamp counter of new vCPUs.
     *
     * <p>{@code KVM_GET_TSC_KHZ}; capability: {@code KVM_CAP_VM_TSC_CONTROL}; in Linux since 6.1 or earlier.
     *
     * @return in kHz
     */
    @Ioctl(value = "KVM_GET_TSC_KHZ", capability = "KVM_CAP_VM_TSC_CONTROL")
    int getTscKhz();

    /**
     * Says which events of the performance counters the guest may, or may not, count. It replaces the filter that was
     * set before.
     *
     * <p>{@code KVM_SET_PMU_EVENT_FILTER}; capability: {@code KVM_CAP_PMU_EVENT_FILTER}; in Linux since 6.1 or
     * earlier.
     *
     * @throws ErrnoException with EINVAL if {@code action} or {@code flags} is unknown, E2BIG if there are more than
     *     300 events
     */
    @Ioctl(value = "KVM_SET_PMU_EVENT_FILTER", capability = "KVM_CAP_PMU_EVENT_FILTER")
    void setPmuEventFilter(@In KvmPmuEventFilter filter);

    /**
     * Says which MSRs the guest may read and write without further ado; {@link MsrFilter} writes its ranges. It
     * replaces the filter that was set before. With {@code KVM_CAP_X86_USER_SPACE_MSR} a refused access becomes an
     * exit.
     *
     * <p>{@code KVM_X86_SET_MSR_FILTER}; capability: {@code KVM_CAP_X86_MSR_FILTER}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if flags are unknown, a range is empty or larger than {@code
     *     KVM_MSR_FILTER_MAX_BITMAP_SIZE} allows, or everything is denied without a range
     */
    @Ioctl(value = "KVM_X86_SET_MSR_FILTER", capability = "KVM_CAP_X86_MSR_FILTER")
    void x86SetMsrFilter(@In KvmMsrFilter filter);

    /**
     * Sets the attributes of a range of guest physical memory, for example {@code KVM_MEMORY_ATTRIBUTE_PRIVATE}. What
     * they are cannot be asked for.
     *
     * <p>{@code KVM_SET_MEMORY_ATTRIBUTES}; capability: {@code KVM_CAP_MEMORY_ATTRIBUTES}; in Linux since 6.12 or
     * earlier, but after 6.1.
     *
     * @throws ErrnoException with EINVAL if the range is empty or not made of pages, flags are not 0, or the VM does
     *     not support the attributes
     */
    @Ioctl(value = "KVM_SET_MEMORY_ATTRIBUTES", capability = "KVM_CAP_MEMORY_ATTRIBUTES")
    void setMemoryAttributes(@In KvmMemoryAttributes attributes);

    /**
     * Creates a file of guest memory that belongs to this VM, for {@link #setUserMemoryRegion2}. {@code
     * KVM_CAP_GUEST_MEMFD_FLAGS} tells which flags the VM supports.
     *
     * <p>{@code KVM_CREATE_GUEST_MEMFD}; capability: {@code KVM_CAP_GUEST_MEMFD}; in Linux since 6.12 or earlier, but
     * after 6.1.
     *
     * @return a new file descriptor, which the caller owns
     * @throws ErrnoException with EINVAL if the size is 0 or not made of pages, or flags are unknown
     */
    @Ioctl(value = "KVM_CREATE_GUEST_MEMFD", capability = "KVM_CAP_GUEST_MEMFD")
    @WrongMacro("the macro says _IOWR, yet the kernel only reads the struct")
    int createGuestMemfd(@In KvmCreateGuestMemfd memfd);

    /**
     * Gives a command to an encrypted VM: a {@link KvmSevCmd} with one of {@code KVM_SEV_*} for SEV, SEV-ES and
     * SEV-SNP, a {@link KvmTdxCmd} with one of {@code KVM_TDX_*} for TDX. When the firmware refuses, the struct holds
     * its error. {@code KVM_SEV_SNP_LAUNCH_UPDATE} may stop early, for example at a pending signal: its own struct then
     * holds the range that is left, for the next call.
     *
     * <p>{@code KVM_MEMORY_ENCRYPT_OP}; capability: none to ask for; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENOTTY if neither the host nor this type of VM supports encryption, EIO if the
     *     firmware refused, otherwise as the command says
     */
    @Ioctl("KVM_MEMORY_ENCRYPT_OP")
    @WrongMacro("the macro says unsigned long, yet the kernel takes a pointer to the VM type's own struct")
    void memoryEncryptOp(@InOut Struct command);

    /**
     * Pins a range of the caller's memory that backs encrypted guest memory.
     *
     * <p>{@code KVM_MEMORY_ENCRYPT_REG_REGION}; capability: none to ask for; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENOTTY if the VM is not encrypted, EINVAL if the range is wrong, ENOMEM if too much
     *     memory is locked
     */
    @Ioctl("KVM_MEMORY_ENCRYPT_REG_REGION")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the struct")
    void memoryEncryptRegRegion(@In KvmEncRegion region);

    /**
     * Ends what {@link #memoryEncryptRegRegion} began, for the same range.
     *
     * <p>{@code KVM_MEMORY_ENCRYPT_UNREG_REGION}; capability: none to ask for; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENOTTY if the VM is not encrypted, EINVAL if the range was not registered
     */
    @Ioctl("KVM_MEMORY_ENCRYPT_UNREG_REGION")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the struct")
    void memoryEncryptUnregRegion(@In KvmEncRegion region);

    /**
     * Lets the guest's Hyper-V hypercall HvSignalEvent on a connection signal an eventfd, or ends that with {@code
     * KVM_HYPERV_EVENTFD_DEASSIGN}.
     *
     * <p>{@code KVM_HYPERV_EVENTFD}; capability: {@code KVM_CAP_HYPERV_EVENTFD}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if connection or flags are wrong, EEXIST if the connection has one already,
     *     ENOENT if there is none to end
     */
    @Ioctl(value = "KVM_HYPERV_EVENTFD", capability = "KVM_CAP_HYPERV_EVENTFD")
    void hypervEventfd(@In KvmHypervEventfd eventfd);

    /**
     * Says which MSR a Xen guest writes to get its hypercall page, and what fills the page.
     *
     * <p>{@code KVM_XEN_HVM_CONFIG}; capability: {@code KVM_CAP_XEN_HVM}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if flags are not supported, or memory blobs are given although KVM handles
     *     hypercalls itself
     */
    @Ioctl(value = "KVM_XEN_HVM_CONFIG", capability = "KVM_CAP_XEN_HVM")
    void xenHvmConfig(@In KvmXenHvmConfig config);

    /**
     * Sets an attribute of a VM that emulates Xen, by its {@code type} one of {@code KVM_XEN_ATTR_TYPE_*}.
     *
     * <p>{@code KVM_XEN_HVM_SET_ATTR}; capability: {@code KVM_CAP_XEN_HVM}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the type is unknown or {@code KVM_XEN_HVM_CONFIG_SHARED_INFO} is not
     *     supported
     */
    @Ioctl(value = "KVM_XEN_HVM_SET_ATTR", capability = "KVM_CAP_XEN_HVM")
    void xenHvmSetAttr(@In KvmXenHvmAttr attribute);

    /**
     * Reads an attribute of a VM that emulates Xen, by its {@code type}.
     *
     * <p>{@code KVM_XEN_HVM_GET_ATTR}; capability: {@code KVM_CAP_XEN_HVM}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the type is unknown or {@code KVM_XEN_HVM_CONFIG_SHARED_INFO} is not
     *     supported
     */
    @Ioctl(value = "KVM_XEN_HVM_GET_ATTR", capability = "KVM_CAP_XEN_HVM")
    void xenHvmGetAttr(@InOut KvmXenHvmAttr attribute);

    /**
     * Delivers an event channel's event to a Xen guest.
     *
     * <p>{@code KVM_XEN_HVM_EVTCHN_SEND}; capability: {@code KVM_CAP_XEN_HVM}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the vCPU is unknown or the priority is not 2-level; ENOENT if the guest's
     *     shared info is not set up
     */
    @Ioctl(value = "KVM_XEN_HVM_EVTCHN_SEND", capability = "KVM_CAP_XEN_HVM")
    void xenHvmEvtchnSend(@In KvmIrqRoutingXenEvtchn event);
}
