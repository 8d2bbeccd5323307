package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmVcpuIoctls;

/** The ioctls of a vCPU file descriptor on 64-bit Arm. Only the thread that runs the vCPU should call them. */
@Ioctls
public interface Arm64VcpuIoctls extends KvmVcpuIoctls {
    /**
     * The ioctls of a vCPU; the caller keeps and closes the descriptor.
     *
     * @param capabilities tells the VM's capabilities, for which a vCPU's descriptor cannot be asked
     */
    static Arm64VcpuIoctls of(int fd, CapabilityProbe capabilities) {
        return new Arm64VcpuIoctlsOverFd(fd, capabilities);
    }

    /**
     * Says which processor the guest sees and with which of the features {@code KVM_ARM_VCPU_*}, and resets the
     * registers. All vCPUs should exist before. Until it is called the vCPU does not run: {@link #run} fails with
     * ENOEXEC. It may be called again, to reset the vCPU, with the same target and features.
     *
     * <p>{@code KVM_ARM_VCPU_INIT}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the target is unknown, the features contradict each other, or a later call
     *     differs from the first; ENOENT if a feature is unknown
     */
    @Ioctl("KVM_ARM_VCPU_INIT")
    void armVcpuInit(@In KvmVcpuInit init);

    /**
     * Ends the configuration of a feature that asks for it, for example {@code KVM_ARM_VCPU_SVE}, whose vector lengths
     * can be set between {@link #armVcpuInit} and this. Before it {@link #run} and accesses to the feature's registers
     * fail with EPERM.
     *
     * <p>{@code KVM_ARM_VCPU_FINALIZE}; capability: that of the feature; in Linux since 6.1 or earlier.
     *
     * @param feature the feature's bit number
     * @throws ErrnoException with EPERM if the feature is not enabled, lacks configuration or is finalised already,
     *     EINVAL if it is unknown
     */
    @Ioctl("KVM_ARM_VCPU_FINALIZE")
    void armVcpuFinalize(int feature);

    /**
     * Tells whether a system error is pending, and with which syndrome.
     *
     * <p>{@code KVM_GET_VCPU_EVENTS}; capability: {@code KVM_CAP_VCPU_EVENTS}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_GET_VCPU_EVENTS", capability = "KVM_CAP_VCPU_EVENTS")
    void getVcpuEvents(@Out KvmVcpuEvents events);

    /**
     * Makes a system error pending, which cannot be taken back, or, after an exit for an access to memory that nobody
     * emulates ({@code KVM_EXIT_MMIO}, {@code KVM_EXIT_ARM_NISV}), an external abort at that access, for which the
     * kernel needs {@code KVM_CAP_ARM_INJECT_EXT_DABT}.
     *
     * <p>{@code KVM_SET_VCPU_EVENTS}; capability: {@code KVM_CAP_VCPU_EVENTS}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_SET_VCPU_EVENTS", capability = "KVM_CAP_VCPU_EVENTS")
    void setVcpuEvents(@In KvmVcpuEvents events);

    /**
     * Turns single steps and breakpoints on or off: {@code control} holds {@code KVM_GUESTDBG_*}, {@code arch} the debug
     * registers, of which {@code KVM_CAP_GUEST_DEBUG_HW_BPS} and {@code KVM_CAP_GUEST_DEBUG_HW_WPS} tell the number.
     *
     * <p>{@code KVM_SET_GUEST_DEBUG}; capability: {@code KVM_CAP_SET_GUEST_DEBUG}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_SET_GUEST_DEBUG", capability = "KVM_CAP_SET_GUEST_DEBUG")
    void setGuestDebug(@In KvmGuestDebug debug);
}
