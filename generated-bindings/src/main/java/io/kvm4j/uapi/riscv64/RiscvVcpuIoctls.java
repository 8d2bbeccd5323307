package io.kvm4j.uapi.riscv64;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmInterrupt;
import io.kvm4j.uapi.KvmVcpuIoctls;

/** The ioctls of a vCPU file descriptor on 64-bit RISC-V. Only the thread that runs the vCPU should call them. */
@Ioctls
public interface RiscvVcpuIoctls extends KvmVcpuIoctls {
    /**
     * The ioctls of a vCPU; the caller keeps and closes the descriptor.
     *
     * @param capabilities tells the VM's capabilities, for which a vCPU's descriptor cannot be asked
     */
    static RiscvVcpuIoctls of(int fd, CapabilityProbe capabilities) {
        return new RiscvVcpuIoctlsOverFd(fd, capabilities);
    }

    /**
     * Raises or clears the external interrupt: {@code irq} is {@code KVM_INTERRUPT_SET} or {@code KVM_INTERRUPT_UNSET}.
     * Any thread may call it, also while the vCPU runs.
     *
     * <p>{@code KVM_INTERRUPT}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     */
    @Ioctl("KVM_INTERRUPT")
    void interrupt(@In KvmInterrupt interrupt);

    /**
     * Turns debugging of the guest on or off: {@code control} holds {@code KVM_GUESTDBG_*}. {@code arch} is empty on this
     * architecture.
     *
     * <p>{@code KVM_SET_GUEST_DEBUG}; capability: {@code KVM_CAP_SET_GUEST_DEBUG}; in Linux's headers since 6.1 or
     * earlier.
     */
    @Ioctl(value = "KVM_SET_GUEST_DEBUG", capability = "KVM_CAP_SET_GUEST_DEBUG")
    void setGuestDebug(@In KvmGuestDebug debug);
}
