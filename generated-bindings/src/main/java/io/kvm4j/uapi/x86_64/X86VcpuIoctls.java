package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.Growing;
import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;
import io.kvm4j.processor.annotations.SizedBy;
import io.kvm4j.processor.annotations.WrongMacro;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmInterrupt;
import io.kvm4j.uapi.KvmPreFaultMemory;
import io.kvm4j.uapi.KvmTprAccessCtl;
import io.kvm4j.uapi.KvmTranslation;
import io.kvm4j.uapi.KvmVapicAddr;
import io.kvm4j.uapi.KvmVcpuIoctls;
import io.kvm4j.uapi.Struct;
import java.lang.foreign.SegmentAllocator;

/** The ioctls of a vCPU file descriptor on x86_64. Only the thread that runs the vCPU should call them: any other waits until a run ends. */
@Ioctls
public interface X86VcpuIoctls extends KvmVcpuIoctls {
    /**
     * The ioctls of a vCPU; the caller keeps and closes the descriptor.
     *
     * @param capabilities tells the VM's capabilities, for which a vCPU's descriptor cannot be asked
     */
    static X86VcpuIoctls of(int fd, CapabilityProbe capabilities) {
        return new X86VcpuIoctlsOverFd(fd, capabilities);
    }

    /**
     * Reads the general registers.
     *
     * <p>{@code KVM_GET_REGS}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     */
    @Ioctl("KVM_GET_REGS")
    void getRegs(@Out KvmRegs regs);

    /**
     * Sets the general registers. Pending exceptions are dropped.
     *
     * <p>{@code KVM_SET_REGS}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     */
    @Ioctl("KVM_SET_REGS")
    void setRegs(@In KvmRegs regs);

    /**
     * Reads the special registers.
     *
     * <p>{@code KVM_GET_SREGS}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     */
    @Ioctl("KVM_GET_SREGS")
    void getSregs(@Out KvmSregs sregs);

    /**
     * Sets the special registers; long mode needs CPUID to be set before.
     *
     * <p>{@code KVM_SET_SREGS}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the control registers contradict each other or the vCPU's CPUID
     */
    @Ioctl("KVM_SET_SREGS")
    void setSregs(@In KvmSregs sregs);

    /**
     * Reads the special registers: {@link #getSregs} with the page directory pointers of PAE paging instead of the
     * pending interrupt.
     *
     * <p>{@code KVM_GET_SREGS2}; capability: {@code KVM_CAP_SREGS2}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_GET_SREGS2", capability = "KVM_CAP_SREGS2")
    void getSregs2(@Out KvmSregs2 sregs);

    /**
     * Sets the special registers, and with {@code KVM_SREGS2_FLAGS_PDPTRS_VALID} the page directory pointers.
     *
     * <p>{@code KVM_SET_SREGS2}; capability: {@code KVM_CAP_SREGS2}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the control registers contradict each other or the vCPU's CPUID, or flags
     *     are unknown
     */
    @Ioctl(value = "KVM_SET_SREGS2", capability = "KVM_CAP_SREGS2")
    void setSregs2(@In KvmSregs2 sregs);

    /**
     * Reads the x87 and SSE registers, all but MXCSR: KVM leaves {@code mxcsr} as it was in memory. {@link #getXsave} reads
     * that, and more.
     *
     * <p>{@code KVM_GET_FPU}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     */
    @Ioctl("KVM_GET_FPU")
    void getFpu(@Out KvmFpu fpu);

    /**
     * Sets the x87 and SSE registers, all but MXCSR: KVM ignores {@code mxcsr}. {@link #setXsave} sets it.
     *
     * <p>{@code KVM_SET_FPU}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     */
    @Ioctl("KVM_SET_FPU")
    void setFpu(@In KvmFpu fpu);

    /**
     * Reads the extended state in the layout of the instruction XSAVE, up to 4096 bytes of it.
     *
     * <p>{@code KVM_GET_XSAVE}; capability: {@code KVM_CAP_XSAVE}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the vCPU has features whose state takes more: then only {@link
     *     #getXsave2} will do
     */
    @Ioctl(value = "KVM_GET_XSAVE", capability = "KVM_CAP_XSAVE")
    void getXsave(@Out KvmXsave xsave);

    /**
     * Reads the extended state in the layout of the instruction XSAVE: as many bytes as the VM's {@code
     * KVM_CAP_XSAVE2} says.
     *
     * <p>{@code KVM_GET_XSAVE2}; capability: {@code KVM_CAP_XSAVE2}; in Linux since 6.1 or earlier.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_XSAVE2", capability = "KVM_CAP_XSAVE2")
    @Out
    @SizedBy("KVM_CAP_XSAVE2")
    KvmXsave getXsave2(SegmentAllocator allocator);

    /**
     * Sets the extended state. The kernel reads as many bytes as the VM's {@code KVM_CAP_XSAVE2} says, if that is
     * more than 4096: give it what {@link #getXsave2} allocated.
     *
     * <p>{@code KVM_SET_XSAVE}; capability: {@code KVM_CAP_XSAVE}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the state has features that the vCPU has not
     */
    @Ioctl(value = "KVM_SET_XSAVE", capability = "KVM_CAP_XSAVE")
    void setXsave(@In KvmXsave xsave);

    /**
     * Reads the extended control registers, of which there is one, XCR0.
     *
     * <p>{@code KVM_GET_XCRS}; capability: {@code KVM_CAP_XCRS}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_GET_XCRS", capability = "KVM_CAP_XCRS")
    void getXcrs(@Out KvmXcrs xcrs);

    /**
     * Sets the extended control registers.
     *
     * <p>{@code KVM_SET_XCRS}; capability: {@code KVM_CAP_XCRS}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the host has none, flags are not 0, or the value is refused
     */
    @Ioctl(value = "KVM_SET_XCRS", capability = "KVM_CAP_XCRS")
    void setXcrs(@In KvmXcrs xcrs);

    /**
     * Reads the debug registers.
     *
     * <p>{@code KVM_GET_DEBUGREGS}; capability: {@code KVM_CAP_DEBUGREGS}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_GET_DEBUGREGS", capability = "KVM_CAP_DEBUGREGS")
    void getDebugregs(@Out KvmDebugregs registers);

    /**
     * Sets the debug registers.
     *
     * <p>{@code KVM_SET_DEBUGREGS}; capability: {@code KVM_CAP_DEBUGREGS}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if flags are not 0 or the upper half of DR6 or DR7 is not
     */
    @Ioctl(value = "KVM_SET_DEBUGREGS", capability = "KVM_CAP_DEBUGREGS")
    void setDebugregs(@In KvmDebugregs registers);

    /**
     * Reads MSRs.
     *
     * <p>{@code KVM_GET_MSRS}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @param msrs the {@code index} of each goes in, its {@code data} comes out
     * @return how many were read, from the first on; the next one cannot be
     * @throws ErrnoException with E2BIG if there are 256 or more
     */
    @Ioctl("KVM_GET_MSRS")
    int getMsrs(@InOut KvmMsrs msrs);

    /**
     * Sets MSRs.
     *
     * <p>{@code KVM_SET_MSRS}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @return how many were set, from the first on; the next one refuses its value
     * @throws ErrnoException with E2BIG if there are 256 or more
     */
    @Ioctl("KVM_SET_MSRS")
    int setMsrs(@In KvmMsrs msrs);

    /**
     * Defines what the guest's CPUID instruction answers, without sub-leaves: {@link #setCpuid2} has them.
     *
     * <p>{@code KVM_SET_CPUID}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with E2BIG if there are too many leaves, EINVAL if they contradict what the host can do,
     *     or differ from what they were once the vCPU has run
     */
    @Ioctl("KVM_SET_CPUID")
    void setCpuid(@In KvmCpuid cpuid);

    /**
     * Defines what the guest's CPUID instruction answers, before the first run.
     *
     * <p>{@code KVM_SET_CPUID2}; capability: {@code KVM_CAP_EXT_CPUID}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with E2BIG if there are too many leaves, EINVAL if they contradict what the host can do,
     *     or differ from what they were once the vCPU has run
     */
    @Ioctl(value = "KVM_SET_CPUID2", capability = "KVM_CAP_EXT_CPUID")
    void setCpuid2(@In KvmCpuid2 cpuid);

    /**
     * Reads what the guest's CPUID instruction answers. Linux 6.1 leaves {@code nent} as large as there was room for: the
     * entries behind the last leaf are empty.
     *
     * <p>{@code KVM_GET_CPUID2}; capability: {@code KVM_CAP_EXT_CPUID}; in Linux since 6.1 or earlier.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_CPUID2", capability = "KVM_CAP_EXT_CPUID")
    @Growing
    @InOut
    KvmCpuid2 getCpuid2(SegmentAllocator allocator);

    /**
     * Tells the CPUID leaves of the Hyper-V enlightenments that this vCPU can have. {@link
     * X86SystemIoctls#getSupportedHvCpuid} needs no vCPU.
     *
     * <p>{@code KVM_GET_SUPPORTED_HV_CPUID}; capability: {@code KVM_CAP_HYPERV_CPUID}; in Linux since 6.1 or earlier.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_SUPPORTED_HV_CPUID", capability = "KVM_CAP_HYPERV_CPUID")
    @Growing
    @InOut
    KvmCpuid2 getSupportedHvCpuid(SegmentAllocator allocator);

    /**
     * Reads the registers of the vCPU's APIC, at their architectural offsets.
     *
     * <p>{@code KVM_GET_LAPIC}; capability: {@code KVM_CAP_IRQCHIP}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the vCPU has no APIC in the kernel
     */
    @Ioctl(value = "KVM_GET_LAPIC", capability = "KVM_CAP_IRQCHIP")
    void getLapic(@Out KvmLapicState lapic);

    /**
     * Sets the registers of the vCPU's APIC, at their architectural offsets.
     *
     * <p>{@code KVM_SET_LAPIC}; capability: {@code KVM_CAP_IRQCHIP}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the vCPU has no APIC in the kernel
     */
    @Ioctl(value = "KVM_SET_LAPIC", capability = "KVM_CAP_IRQCHIP")
    void setLapic(@In KvmLapicState lapic);

    /**
     * Queues an external interrupt, for VMs whose interrupt controller is not in the kernel.
     *
     * <p>{@code KVM_INTERRUPT}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EEXIST if one is queued already, EINVAL if the vector is above 255, ENXIO if the
     *     interrupt controllers are in the kernel
     */
    @Ioctl("KVM_INTERRUPT")
    void interrupt(@In KvmInterrupt interrupt);

    /**
     * Queues a non-maskable interrupt.
     *
     * <p>{@code KVM_NMI}; capability: {@code KVM_CAP_USER_NMI}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_NMI", capability = "KVM_CAP_USER_NMI")
    void nmi();

    /**
     * Queues a system management interrupt.
     *
     * <p>{@code KVM_SMI}; capability: {@code KVM_CAP_X86_SMM}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENOTTY if the kernel is built without system management mode
     */
    @Ioctl(value = "KVM_SMI", capability = "KVM_CAP_X86_SMM")
    void smi();

    /**
     * Reads pending exceptions, interrupts and NMIs, and the state around them.
     *
     * <p>{@code KVM_GET_VCPU_EVENTS}; capability: {@code KVM_CAP_VCPU_EVENTS}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_GET_VCPU_EVENTS", capability = "KVM_CAP_VCPU_EVENTS")
    void getVcpuEvents(@Out KvmVcpuEvents events);

    /**
     * Sets pending exceptions, interrupts and NMIs; {@code flags} says which of the optional parts are valid.
     *
     * <p>{@code KVM_SET_VCPU_EVENTS}; capability: {@code KVM_CAP_VCPU_EVENTS}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if flags are unknown or a part contradicts the vCPU's state
     */
    @Ioctl(value = "KVM_SET_VCPU_EVENTS", capability = "KVM_CAP_VCPU_EVENTS")
    void setVcpuEvents(@In KvmVcpuEvents events);

    /**
     * Translates a linear address by the vCPU's present page tables; {@code valid} says whether it is mapped.
     *
     * <p>{@code KVM_TRANSLATE}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     */
    @Ioctl("KVM_TRANSLATE")
    void translate(@InOut KvmTranslation translation);

    /**
     * Turns single steps, breakpoints and the injection of debug exceptions on or off: {@code control} holds {@code
     * KVM_GUESTDBG_*}.
     *
     * <p>{@code KVM_SET_GUEST_DEBUG}; capability: {@code KVM_CAP_SET_GUEST_DEBUG}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EBUSY if an exception is pending that an injected one would replace
     */
    @Ioctl(value = "KVM_SET_GUEST_DEBUG", capability = "KVM_CAP_SET_GUEST_DEBUG")
    void setGuestDebug(@In KvmGuestDebug debug);

    /**
     * Turns exits for accesses to the APIC's task priority register on or off.
     *
     * <p>{@code KVM_TPR_ACCESS_REPORTING}; capability: {@code KVM_CAP_VAPIC}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if flags are not 0
     */
    @Ioctl(value = "KVM_TPR_ACCESS_REPORTING", capability = "KVM_CAP_VAPIC")
    void tprAccessReporting(@InOut KvmTprAccessCtl control);

    /**
     * Says where in guest memory KVM keeps a copy of the task priority; 0 for nowhere.
     *
     * <p>{@code KVM_SET_VAPIC_ADDR}; capability: {@code KVM_CAP_VAPIC}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the vCPU has no APIC in the kernel or the address is in no memory slot
     */
    @Ioctl(value = "KVM_SET_VAPIC_ADDR", capability = "KVM_CAP_VAPIC")
    void setVapicAddr(@In KvmVapicAddr address);

    /**
     * Sets the machine check capabilities of the vCPU, with the number of banks in the lowest byte.
     *
     * <p>{@code KVM_X86_SETUP_MCE}; capability: {@code KVM_CAP_MCE}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if there are no or too many banks, or {@link
     *     X86SystemIoctls#x86GetMceCapSupported} lacks a capability
     */
    @Ioctl(value = "KVM_X86_SETUP_MCE", capability = "KVM_CAP_MCE")
    void x86SetupMce(long mcgCap);

    /**
     * Injects a machine check.
     *
     * <p>{@code KVM_X86_SET_MCE}; capability: {@code KVM_CAP_MCE}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if there is no such bank or the status is not marked valid (bit 63)
     */
    @Ioctl(value = "KVM_X86_SET_MCE", capability = "KVM_CAP_MCE")
    void x86SetMce(@In KvmX86Mce event);

    /**
     * Sets the frequency of the vCPU's time stamp counter; 0 stands for the host's.
     *
     * <p>{@code KVM_SET_TSC_KHZ}; capability: {@code KVM_CAP_TSC_CONTROL}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the hardware cannot scale to the frequency
     */
    @Ioctl(value = "KVM_SET_TSC_KHZ", capability = "KVM_CAP_TSC_CONTROL")
    void setTscKhz(int khz);

    /**
     * Tells the frequency of the vCPU's time stamp counter.
     *
     * <p>{@code KVM_GET_TSC_KHZ}; capability: {@code KVM_CAP_GET_TSC_KHZ}; in Linux since 6.1 or earlier.
     *
     * @return in kHz
     * @throws ErrnoException with EIO if the host's counter is not stable
     */
    @Ioctl(value = "KVM_GET_TSC_KHZ", capability = "KVM_CAP_GET_TSC_KHZ")
    int getTscKhz();

    /**
     * Tells the guest that it was paused, so that its watchdogs do not bite.
     *
     * <p>{@code KVM_KVMCLOCK_CTRL}; capability: {@code KVM_CAP_KVMCLOCK_CTRL}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the guest does not use kvmclock on this vCPU
     */
    @Ioctl(value = "KVM_KVMCLOCK_CTRL", capability = "KVM_CAP_KVMCLOCK_CTRL")
    void kvmclockCtrl();

    /**
     * Reads the state of nested virtualization. {@code KVM_CAP_NESTED_STATE} tells how large it can be; {@code size}
     * in the result says how large it is.
     *
     * <p>{@code KVM_GET_NESTED_STATE}; capability: {@code KVM_CAP_NESTED_STATE}; in Linux since 6.1 or earlier.
     *
     * @param allocator where the result lives
     * @throws ErrnoException with EINVAL if the host does not nest
     */
    @Ioctl(value = "KVM_GET_NESTED_STATE", capability = "KVM_CAP_NESTED_STATE")
    @InOut
    @SizedBy(value = "KVM_CAP_NESTED_STATE", field = "size")
    KvmNestedState getNestedState(SegmentAllocator allocator);

    /**
     * Sets the state of nested virtualization, as {@link #getNestedState} told it.
     *
     * <p>{@code KVM_SET_NESTED_STATE}; capability: {@code KVM_CAP_NESTED_STATE}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the state contradicts itself or the vCPU's CPUID, or the host does not
     *     nest
     */
    @Ioctl(value = "KVM_SET_NESTED_STATE", capability = "KVM_CAP_NESTED_STATE")
    void setNestedState(@In KvmNestedState state);

    /**
     * Gives a command to a vCPU of an encrypted VM: a {@link KvmTdxCmd} with {@code KVM_TDX_INIT_VCPU} and the like.
     * {@code KVM_TDX_INIT_MEM_REGION} stops at a pending signal: its own struct then holds the range that is left, for
     * the next call.
     *
     * <p>{@code KVM_MEMORY_ENCRYPT_OP}; capability: none to ask for; in Linux since 7.2 or earlier for a vCPU, but
     * after 6.12.
     *
     * @throws ErrnoException with ENOTTY or EINVAL if neither the host nor this type of VM has such commands,
     *     otherwise as the command says
     */
    @Ioctl("KVM_MEMORY_ENCRYPT_OP")
    @WrongMacro("the macro says unsigned long, yet the kernel takes a pointer to the VM type's own struct")
    void memoryEncryptOp(@InOut Struct command);

    /**
     * Maps a range of guest memory as if the vCPU had read it. The range that is left comes out: call again until its
     * {@code size} is 0.
     *
     * <p>{@code KVM_PRE_FAULT_MEMORY}; capability: {@code KVM_CAP_PRE_FAULT_MEMORY}; in Linux since 6.12 or earlier,
     * but after 6.1.
     *
     * @throws ErrnoException with ENOENT if the range is in no memory slot, EINVAL if it is empty or not made of
     *     pages, EINTR if a signal came before the first page, EOPNOTSUPP if the vCPU's paging does not allow it
     */
    @Ioctl(value = "KVM_PRE_FAULT_MEMORY", capability = "KVM_CAP_PRE_FAULT_MEMORY")
    void preFaultMemory(@InOut KvmPreFaultMemory range);

    /**
     * Sets an attribute of a vCPU that emulates Xen, by its {@code type} one of {@code KVM_XEN_VCPU_ATTR_TYPE_*}.
     *
     * <p>{@code KVM_XEN_VCPU_SET_ATTR}; capability: {@code KVM_CAP_XEN_HVM}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the type is unknown or the value is refused, EOPNOTSUPP if the kernel
     *     keeps no run state
     */
    @Ioctl(value = "KVM_XEN_VCPU_SET_ATTR", capability = "KVM_CAP_XEN_HVM")
    void xenVcpuSetAttr(@In KvmXenVcpuAttr attribute);

    /**
     * Reads an attribute of a vCPU that emulates Xen, by its {@code type}.
     *
     * <p>{@code KVM_XEN_VCPU_GET_ATTR}; capability: {@code KVM_CAP_XEN_HVM}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the type is unknown, EOPNOTSUPP if the kernel keeps no run state
     */
    @Ioctl(value = "KVM_XEN_VCPU_GET_ATTR", capability = "KVM_CAP_XEN_HVM")
    void xenVcpuGetAttr(@InOut KvmXenVcpuAttr attribute);
}
