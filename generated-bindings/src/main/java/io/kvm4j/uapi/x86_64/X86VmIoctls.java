package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.WrongMacro;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmVmIoctls;

/** The ioctls of a VM file descriptor on x86_64. */
@Ioctls
public interface X86VmIoctls extends KvmVmIoctls {
    /** The ioctls of a VM; the caller keeps and closes the descriptor. */
    static X86VmIoctls of(int fd) {
        CapabilityProbe capabilities = KvmVmIoctls.of(fd)::checkExtension;
        return new X86VmIoctlsOverFd(fd, capabilities);
    }

    /** Says where KVM may put three pages for its own use below 4 GiB, which Intel hosts need. */
    @Ioctl(value = "KVM_SET_TSS_ADDR", capability = "KVM_CAP_SET_TSS_ADDR")
    void setTssAddr(long address);

    /** Says where KVM may put one page for its own use below 4 GiB, before any vCPU is made. */
    @Ioctl(value = "KVM_SET_IDENTITY_MAP_ADDR", capability = "KVM_CAP_SET_IDENTITY_MAP_ADDR")
    void setIdentityMapAddr(long address);

    /** Creates the interrupt controllers (two PICs, an IOAPIC, an APIC per vCPU) in the kernel, before any vCPU. */
    @Ioctl(value = "KVM_CREATE_IRQCHIP", capability = "KVM_CAP_IRQCHIP")
    void createIrqchip();

    /** Reads the state of one interrupt controller, which {@code chip_id} selects. */
    @Ioctl(value = "KVM_GET_IRQCHIP", capability = "KVM_CAP_IRQCHIP")
    void getIrqchip(@InOut KvmIrqchip chip);

    /** Sets the state of one interrupt controller, which {@code chip_id} selects. */
    @Ioctl(value = "KVM_SET_IRQCHIP", capability = "KVM_CAP_IRQCHIP")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the struct")
    void setIrqchip(@In KvmIrqchip chip);
}
