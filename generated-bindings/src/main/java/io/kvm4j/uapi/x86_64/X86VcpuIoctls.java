package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.Growing;
import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmVcpuIoctls;
import java.lang.foreign.SegmentAllocator;

/** The ioctls of a vCPU file descriptor on x86_64. */
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

    /** Reads the general registers. */
    @Ioctl("KVM_GET_REGS")
    void getRegs(@Out KvmRegs regs);

    /** Sets the general registers. */
    @Ioctl("KVM_SET_REGS")
    void setRegs(@In KvmRegs regs);

    /** Reads the special registers. */
    @Ioctl("KVM_GET_SREGS")
    void getSregs(@Out KvmSregs sregs);

    /** Sets the special registers; long mode needs CPUID to be set before. */
    @Ioctl("KVM_SET_SREGS")
    void setSregs(@In KvmSregs sregs);

    /** Defines what the guest's CPUID instruction answers, before the first run. */
    @Ioctl(value = "KVM_SET_CPUID2", capability = "KVM_CAP_EXT_CPUID")
    void setCpuid2(@In KvmCpuid2 cpuid);

    /**
     * Reads what the guest's CPUID instruction answers.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_CPUID2", capability = "KVM_CAP_EXT_CPUID")
    @Growing
    @InOut
    KvmCpuid2 getCpuid2(SegmentAllocator allocator);
}
