package io.kvm4j.uapi.userfaultfd;

import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.uapi.CapabilityProbe;

/**
 * The ioctl of {@code /dev/userfaultfd}. Unlike the system call {@code userfaultfd(2)} it needs no privilege but access
 * to the file. Any thread may call it.
 */
@Ioctls
public interface UserfaultfdDeviceIoctls {
    /** The ioctl of an open {@code /dev/userfaultfd}; the caller keeps and closes the descriptor. */
    static UserfaultfdDeviceIoctls of(int fd) {
        return new UserfaultfdDeviceIoctlsOverFd(fd, CapabilityProbe.ASSUME_PRESENT);
    }

    /**
     * Creates a userfaultfd, which also handles faults that the kernel runs into on behalf of the process.
     *
     * <p>{@code USERFAULTFD_IOC_NEW}; in Linux since 6.1 or earlier.
     *
     * @param flags 0, or O_CLOEXEC (02000000), O_NONBLOCK (04000) and {@code UFFD_USER_MODE_ONLY}
     * @return a new userfaultfd, which the caller owns
     * @throws io.kvm4j.uapi.ErrnoException with EINVAL if a flag is unknown, EMFILE if the process has too many open files
     */
    @Ioctl("USERFAULTFD_IOC_NEW")
    int iocNew(int flags);

    /** Creates a userfaultfd, as {@link #iocNew(int)} does. */
    default int iocNew(UserfaultfdFlags flags) {
        return iocNew(flags.bitsWithin("flags", Integer.BYTES));
    }
}
