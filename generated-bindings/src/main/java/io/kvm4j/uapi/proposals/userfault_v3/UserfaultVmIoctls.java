package io.kvm4j.uapi.proposals.userfault_v3;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.uapi.CapabilityProbe;

/** The ioctl of a VM whose argument the proposal extends. Any thread may call it. */
@Ioctls
public interface UserfaultVmIoctls {
    /** The ioctl of a VM; the caller keeps and closes the descriptor. */
    static UserfaultVmIoctls of(int fd) {
        return new UserfaultVmIoctlsOverFd(fd, CapabilityProbe.ASSUME_PRESENT);
    }

    /**
     * Creates, changes or deletes a memory slot, which may have {@code KVM_MEM_USERFAULT} and a bitmap.
     *
     * @throws io.kvm4j.uapi.ErrnoException with EINVAL if flags, addresses or sizes are wrong; EEXIST if the range overlaps
     *     another slot
     */
    @Ioctl("KVM_SET_USER_MEMORY_REGION2")
    void setUserMemoryRegion2(@In KvmUserspaceMemoryRegion2 region);
}
