package io.kvm4j.uapi.userfaultfd;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.WrongMacro;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.ErrnoException;

/** The ioctls of a userfaultfd. Any thread may call them. */
@Ioctls
public interface UserfaultfdIoctls {
    /** The ioctls of a userfaultfd; the caller keeps and closes the descriptor. */
    static UserfaultfdIoctls of(int fd) {
        return new UserfaultfdIoctlsOverFd(fd, CapabilityProbe.ASSUME_PRESENT);
    }

    /**
     * Agrees on the API's version ({@code UFFD_API}) and features: the first ioctl of every userfaultfd. The features
     * and ioctls that the kernel has come out.
     *
     * <p>{@code UFFDIO_API}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if version or features are unknown, or it was called before; EPERM if {@code
     *     UFFD_FEATURE_EVENT_FORK} needs privilege
     */
    @Ioctl("UFFDIO_API")
    void api(@InOut UffdioApi api);

    /**
     * Registers a range of memory whose faults the descriptor reports, by {@code mode}: {@code
     * UFFDIO_REGISTER_MODE_MISSING}, {@code _WP}, {@code _MINOR}. The ioctls that the range allows come out, as bits
     * of {@code _UFFDIO_*} numbers.
     *
     * <p>{@code UFFDIO_REGISTER}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the range is empty, not made of pages, not mapped, or of memory that
     *     cannot have the mode; EBUSY if another userfaultfd has it; EPERM if it may not be written
     */
    @Ioctl("UFFDIO_REGISTER")
    void register(@InOut UffdioRegister register);

    /**
     * Ends the registration of a range and wakes the threads that wait for it.
     *
     * <p>{@code UFFDIO_UNREGISTER}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the range is empty, not made of pages or not mapped
     */
    @Ioctl("UFFDIO_UNREGISTER")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the range")
    void unregister(@In UffdioRange range);

    /**
     * Wakes the threads that wait for a page of a range.
     *
     * <p>{@code UFFDIO_WAKE}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EINVAL if the range is empty or not made of pages
     */
    @Ioctl("UFFDIO_WAKE")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the range")
    void wake(@In UffdioRange range);

    /**
     * Installs pages with the content of other memory, and wakes who waits for them.
     *
     * <p>{@code UFFDIO_COPY}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EEXIST if a page is there already; EAGAIN if the memory's layout was changing:
     *     {@code copy} says how many bytes were done, the rest is to be tried again; ENOENT if the range is no longer
     *     registered; EINVAL if addresses or mode are wrong; EFAULT if the source cannot be read
     */
    @Ioctl("UFFDIO_COPY")
    void copy(@InOut UffdioCopy copy);

    /**
     * Installs zero pages, and wakes who waits for them.
     *
     * <p>{@code UFFDIO_ZEROPAGE}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EEXIST if a page is there already; EAGAIN if the memory's layout was changing:
     *     {@code zeropage} says how many bytes were done, the rest is to be tried again; EINVAL if the range is
     *     empty, not made of pages or not registered
     */
    @Ioctl("UFFDIO_ZEROPAGE")
    void zeropage(@InOut UffdioZeropage zeropage);

    /**
     * Moves pages from elsewhere in the same address space, without a copy, and wakes who waits for them.
     *
     * <p>{@code UFFDIO_MOVE}; in Linux since 6.12 or earlier, but after 6.1.
     *
     * @throws ErrnoException with EEXIST if a target page is there already, ENOENT if a source page is not; EAGAIN if
     *     the memory's layout was changing: {@code move} says how many bytes were done, the rest is to be tried
     *     again; EBUSY if a source page is shared or pinned; EINVAL if addresses or mode are wrong
     */
    @Ioctl("UFFDIO_MOVE")
    void move(@InOut UffdioMove move);

    /**
     * Write-protects pages, or ends their protection and wakes who waits for that.
     *
     * <p>{@code UFFDIO_WRITEPROTECT}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with ENOENT if the range is not registered for write protection; EAGAIN if the memory's
     *     layout was changing; EINVAL if range or mode are wrong
     */
    @Ioctl("UFFDIO_WRITEPROTECT")
    void writeprotect(@InOut UffdioWriteprotect writeprotect);

    /**
     * Maps pages that the page cache has already, the answer to a minor fault, and wakes who waits for them.
     *
     * <p>{@code UFFDIO_CONTINUE}; in Linux since 6.1 or earlier.
     *
     * @throws ErrnoException with EEXIST if a page is mapped already; EFAULT if the page cache lacks it; EAGAIN if
     *     the memory's layout was changing: {@code mapped} says how many bytes were done, the rest is to be tried
     *     again; EINVAL if the range is empty, not made of pages or not registered
     */
    @Ioctl("UFFDIO_CONTINUE")
    void continue_(@InOut UffdioContinue continue_);

    /**
     * Makes accesses to pages raise SIGBUS, as memory errors do.
     *
     * <p>{@code UFFDIO_POISON}; in Linux since 6.12 or earlier, but after 6.1.
     *
     * @throws ErrnoException with EEXIST if a page is there already; EAGAIN if the memory's layout was changing:
     *     {@code updated} says how many bytes were done, the rest is to be tried again; EINVAL if the range is empty,
     *     not made of pages or not registered
     */
    @Ioctl("UFFDIO_POISON")
    void poison(@InOut UffdioPoison poison);
}
