package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.Growing;
import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;
import io.kvm4j.processor.annotations.ReturnsErrno;
import java.lang.foreign.SegmentAllocator;

/** The ioctls of a vCPU file descriptor. Only the thread that runs the vCPU should call them: any other waits until a run ends. */
@Ioctls
public interface KvmVcpuIoctls {
    /**
     * The ioctls of a vCPU; the caller keeps and closes the descriptor.
     *
     * @param capabilities tells the VM's capabilities, for which a vCPU's descriptor cannot be asked
     */
    static KvmVcpuIoctls of(int fd, CapabilityProbe capabilities) {
        return new KvmVcpuIoctlsOverFd(fd, capabilities);
    }

    /**
     * Runs the guest until it exits; {@link KvmRun} says why it did.
     *
     * <p>{@code KVM_RUN}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @return 0, or {@code -errno}: EINTR when a signal or {@code immediate_exit} ended the run, EFAULT and EHWPOISON
     *     also with a memory fault exit, ENOEXEC for a vCPU that is not initialised (arm64)
     */
    @Ioctl("KVM_RUN")
    @ReturnsErrno
    int run();

    /**
     * Turns on a capability that is off by default, for this vCPU.
     *
     * <p>{@code KVM_ENABLE_CAP}; capability: {@code KVM_CAP_ENABLE_CAP}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the capability cannot be turned on for a vCPU, or not with these
     *     arguments or flags
     */
    @Ioctl(value = "KVM_ENABLE_CAP", capability = "KVM_CAP_ENABLE_CAP")
    void enableCap(@In KvmEnableCap capability);

    /**
     * Says which signals are blocked while the vCPU runs, instead of those that its thread blocks. A signal that is
     * pending and not blocked ends the run with EINTR.
     *
     * <p>The kernel's set has 8 bytes: allocate a mask of 8 elements, {@code entry(i)} holding the signals 8 i + 1 to
     * 8 i + 8 from bit 0 on. A null pointer ends the replacement: {@code IoctlCall.call(fd,
     * KvmConstants.KVM_SET_SIGNAL_MASK, 0)}.
     *
     * <p>{@code KVM_SET_SIGNAL_MASK}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if {@code len} is not 8
     */
    @Ioctl("KVM_SET_SIGNAL_MASK")
    void setSignalMask(@In KvmSignalMask mask);

    /**
     * Tells whether the vCPU is runnable, halted, waiting or stopped: one of {@code KVM_MP_STATE_*}. On x86_64 only
     * with an in-kernel APIC it is anything but runnable.
     *
     * <p>{@code KVM_GET_MP_STATE}; capability: {@code KVM_CAP_MP_STATE}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_GET_MP_STATE", capability = "KVM_CAP_MP_STATE")
    void getMpState(@Out KvmMpState state);

    /**
     * Sets whether the vCPU is runnable, halted, waiting or stopped: one of {@code KVM_MP_STATE_*}.
     *
     * <p>{@code KVM_SET_MP_STATE}; capability: {@code KVM_CAP_MP_STATE}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the architecture has no such state, or none but runnable without an
     *     in-kernel interrupt controller
     */
    @Ioctl(value = "KVM_SET_MP_STATE", capability = "KVM_CAP_MP_STATE")
    void setMpState(@In KvmMpState state);

    /**
     * Writes a register's value to the memory that {@code addr} points to, which takes as many bytes as {@link
     * RegisterId#size} says. On x86_64 it came after Linux 6.12.
     *
     * <p>{@code KVM_GET_ONE_REG}; capability: {@code KVM_CAP_ONE_REG}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENOENT if there is no such register, EINVAL if the id is none or the register
     *     cannot be used, EPERM before the vCPU is finalized (arm64)
     */
    @Ioctl(value = "KVM_GET_ONE_REG", capability = "KVM_CAP_ONE_REG")
    void getOneReg(@In KvmOneReg register);

    /**
     * Sets a register from the memory that {@code addr} points to, which has as many bytes as {@link RegisterId#size}
     * says. On x86_64 it came after Linux 6.12.
     *
     * <p>{@code KVM_SET_ONE_REG}; capability: {@code KVM_CAP_ONE_REG}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENOENT if there is no such register, EINVAL if the id is none or the value is
     *     refused, EPERM before the vCPU is finalized (arm64)
     */
    @Ioctl(value = "KVM_SET_ONE_REG", capability = "KVM_CAP_ONE_REG")
    void setOneReg(@In KvmOneReg register);

    /**
     * Lists the ids of the registers that {@link #getOneReg} knows. On x86_64 it came after Linux 6.12.
     *
     * <p>{@code KVM_GET_REG_LIST}; capability: {@code KVM_CAP_ONE_REG}; in Linux since 6.1 or earlier.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_REG_LIST", capability = "KVM_CAP_ONE_REG")
    @Growing
    @InOut
    KvmRegList getRegList(SegmentAllocator allocator);

    /**
     * Sets an attribute of the vCPU from the memory that {@code addr} points to.
     *
     * <p>{@code KVM_SET_DEVICE_ATTR}; capability: {@code KVM_CAP_VCPU_ATTRIBUTES}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute, EPERM if it cannot be set now, EBUSY
     *     if it is set already or the vCPU has run (arm64)
     */
    @Ioctl(value = "KVM_SET_DEVICE_ATTR", capability = "KVM_CAP_VCPU_ATTRIBUTES")
    void setDeviceAttr(@In KvmDeviceAttr attribute);

    /**
     * Writes the value of an attribute of the vCPU to the memory that {@code addr} points to.
     *
     * <p>{@code KVM_GET_DEVICE_ATTR}; capability: {@code KVM_CAP_VCPU_ATTRIBUTES}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute, EPERM if it cannot be read
     */
    @Ioctl(value = "KVM_GET_DEVICE_ATTR", capability = "KVM_CAP_VCPU_ATTRIBUTES")
    void getDeviceAttr(@In KvmDeviceAttr attribute);

    /**
     * Succeeds if the vCPU has an attribute.
     *
     * <p>{@code KVM_HAS_DEVICE_ATTR}; capability: {@code KVM_CAP_VCPU_ATTRIBUTES}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENXIO if there is no such group or attribute
     */
    @Ioctl(value = "KVM_HAS_DEVICE_ATTR", capability = "KVM_CAP_VCPU_ATTRIBUTES")
    void hasDeviceAttr(@In KvmDeviceAttr attribute);

    /**
     * Opens the vCPU's statistics, which {@link KvmStats} reads.
     *
     * <p>{@code KVM_GET_STATS_FD}; capability: {@code KVM_CAP_BINARY_STATS_FD}; in Linux since 6.1 or earlier.
     *
     * @return a new file descriptor, which the caller owns; it may outlive the vCPU's
     * @throws ErrnoException with EMFILE if the process has too many open files, ENOMEM if memory is short
     */
    @Ioctl(value = "KVM_GET_STATS_FD", capability = "KVM_CAP_BINARY_STATS_FD")
    int getStatsFd();
}
