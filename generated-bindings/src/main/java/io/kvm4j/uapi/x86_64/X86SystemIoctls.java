package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.Growing;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmSystemIoctls;
import java.lang.foreign.SegmentAllocator;

/** The ioctls of {@code /dev/kvm} on x86_64. */
@Ioctls
public interface X86SystemIoctls extends KvmSystemIoctls {
    /** The ioctls of an open {@code /dev/kvm}; the caller keeps and closes the descriptor. */
    static X86SystemIoctls of(int fd) {
        CapabilityProbe capabilities = KvmSystemIoctls.of(fd)::checkExtension;
        return new X86SystemIoctlsOverFd(fd, capabilities);
    }

    /**
     * Tells the CPUID leaves that the hardware and KVM support: what to start from for {@link X86VcpuIoctls#setCpuid2}.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_SUPPORTED_CPUID", capability = "KVM_CAP_EXT_CPUID")
    @Growing
    @InOut
    KvmCpuid2 getSupportedCpuid(SegmentAllocator allocator);
}
