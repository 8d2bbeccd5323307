package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.ReturnsErrno;

/** The ioctls of a vCPU file descriptor. Only the thread that runs the vCPU should call them. */
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
     * @return 0, or {@code -errno}: EINTR when a signal or {@code immediate_exit} ended the run, EFAULT and EHWPOISON
     *     also with a memory fault exit
     */
    @Ioctl("KVM_RUN")
    @ReturnsErrno
    int run();

    /** Turns on a capability that is off by default, for this vCPU. */
    @Ioctl(value = "KVM_ENABLE_CAP", capability = "KVM_CAP_ENABLE_CAP")
    void enableCap(@In KvmEnableCap capability);
}
