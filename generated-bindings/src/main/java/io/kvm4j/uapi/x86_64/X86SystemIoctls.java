package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.Growing;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmSystemIoctls;
import java.lang.foreign.SegmentAllocator;

/** The ioctls of {@code /dev/kvm} on x86_64. Any thread may call them. */
@Ioctls
public interface X86SystemIoctls extends KvmSystemIoctls {
    /** The ioctls of an open {@code /dev/kvm}; the caller keeps and closes the descriptor. */
    static X86SystemIoctls of(int fd) {
        CapabilityProbe capabilities = KvmSystemIoctls.of(fd)::checkExtension;
        return new X86SystemIoctlsOverFd(fd, capabilities);
    }

    /**
     * Tells the CPUID leaves that the hardware and KVM support: what to start from for {@link
     * X86VcpuIoctls#setCpuid2}. Leaves 1, 4, 0xB, 0x1F and 0x8000001E name the host's processor that asked, and its place:
     * give each vCPU its own.
     *
     * <p>{@code KVM_GET_SUPPORTED_CPUID}; capability: {@code KVM_CAP_EXT_CPUID}; in Linux since 6.1 or earlier.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_SUPPORTED_CPUID", capability = "KVM_CAP_EXT_CPUID")
    @Growing
    @InOut
    KvmCpuid2 getSupportedCpuid(SegmentAllocator allocator);

    /**
     * Tells the CPUID leaves with features that the hardware need not have, since KVM emulates them, slowly.
     *
     * <p>{@code KVM_GET_EMULATED_CPUID}; capability: {@code KVM_CAP_EXT_EMUL_CPUID}; in Linux since 6.1 or earlier.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_EMULATED_CPUID", capability = "KVM_CAP_EXT_EMUL_CPUID")
    @Growing
    @InOut
    KvmCpuid2 getEmulatedCpuid(SegmentAllocator allocator);

    /**
     * Tells the CPUID leaves of the Hyper-V enlightenments that KVM supports.
     *
     * <p>{@code KVM_GET_SUPPORTED_HV_CPUID}; capability: {@code KVM_CAP_SYS_HYPERV_CPUID}; in Linux since 6.1 or
     * earlier.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_SUPPORTED_HV_CPUID", capability = "KVM_CAP_SYS_HYPERV_CPUID")
    @Growing
    @InOut
    KvmCpuid2 getSupportedHvCpuid(SegmentAllocator allocator);

    /**
     * Lists the MSRs that make up a guest's state on this host, those of machine check banks aside.
     *
     * <p>{@code KVM_GET_MSR_INDEX_LIST}; capability: none, every kernel has it; in Linux since 6.1 or earlier.
     *
     * @param allocator where the result lives
     */
    @Ioctl("KVM_GET_MSR_INDEX_LIST")
    @Growing
    @InOut
    KvmMsrList getMsrIndexList(SegmentAllocator allocator);

    /**
     * Lists the MSRs that {@link #getMsrs} of {@code /dev/kvm} reads: those that tell what the host can do.
     *
     * <p>{@code KVM_GET_MSR_FEATURE_INDEX_LIST}; capability: {@code KVM_CAP_GET_MSR_FEATURES}; in Linux since 6.1 or
     * earlier.
     *
     * @param allocator where the result lives
     */
    @Ioctl(value = "KVM_GET_MSR_FEATURE_INDEX_LIST", capability = "KVM_CAP_GET_MSR_FEATURES")
    @Growing
    @InOut
    KvmMsrList getMsrFeatureIndexList(SegmentAllocator allocator);

    /**
     * Reads MSRs that tell what the host can do, as {@link #getMsrFeatureIndexList} lists them.
     *
     * <p>{@code KVM_GET_MSRS}; capability: {@code KVM_CAP_GET_MSR_FEATURES}; in Linux since 6.1 or earlier.
     *
     * @param msrs the {@code index} of each goes in, its {@code data} comes out
     * @return how many were read, from the first on; the next one has none to read
     * @throws ErrnoException with E2BIG if there are 256 or more
     */
    @Ioctl(value = "KVM_GET_MSRS", capability = "KVM_CAP_GET_MSR_FEATURES")
    int getMsrs(@InOut KvmMsrs msrs);

    /**
     * Tells the machine check capabilities, as in the MSR IA32_MCG_CAP, that {@link X86VcpuIoctls#x86SetupMce} may
     * choose from. {@code KVM_CAP_MCE} itself tells the number of banks.
     *
     * <p>{@code KVM_X86_GET_MCE_CAP_SUPPORTED}; capability: {@code KVM_CAP_MCE}; in Linux since 6.1 or earlier.
     */
    @Ioctl(value = "KVM_X86_GET_MCE_CAP_SUPPORTED", capability = "KVM_CAP_MCE")
    @Out
    long x86GetMceCapSupported();

    /** Creates a VM of a type, as {@link #createVm(long)} does. */
    default int createVm(VmType type) {
        return createVm(type.number());
    }
}
