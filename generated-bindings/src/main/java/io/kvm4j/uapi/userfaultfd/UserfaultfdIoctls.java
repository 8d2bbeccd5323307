package io.kvm4j.uapi.userfaultfd;

import io.kvm4j.processor.annotations.In;
import io.kvm4j.processor.annotations.InOut;
import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.WrongMacro;
import io.kvm4j.uapi.CapabilityProbe;

/** The ioctls of a userfaultfd. Any thread may call them. */
@Ioctls
public interface UserfaultfdIoctls {
    /** The ioctls of a userfaultfd; the caller keeps and closes the descriptor. */
    static UserfaultfdIoctls of(int fd) {
        return new UserfaultfdIoctlsOverFd(fd, CapabilityProbe.ASSUME_PRESENT);
    }

    /** Agrees on the API's version and features: the first ioctl of every userfaultfd. */
    @Ioctl("UFFDIO_API")
    void api(@InOut UffdioApi api);

    /** Registers a range of memory whose faults the descriptor reports. */
    @Ioctl("UFFDIO_REGISTER")
    void register(@InOut UffdioRegister register);

    /** Ends the registration of a range and wakes the threads that wait for it. */
    @Ioctl("UFFDIO_UNREGISTER")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the range")
    void unregister(@In UffdioRange range);

    /** Wakes the threads that wait for a page of a range. */
    @Ioctl("UFFDIO_WAKE")
    @WrongMacro("the macro says _IOR, yet the kernel only reads the range")
    void wake(@In UffdioRange range);

    /** Installs pages with the content of other memory. */
    @Ioctl("UFFDIO_COPY")
    void copy(@InOut UffdioCopy copy);

    /** Installs zero pages. */
    @Ioctl("UFFDIO_ZEROPAGE")
    void zeropage(@InOut UffdioZeropage zeropage);

    /** Moves pages from elsewhere in the same address space. */
    @Ioctl("UFFDIO_MOVE")
    void move(@InOut UffdioMove move);

    /** Write-protects pages, or ends their protection. */
    @Ioctl("UFFDIO_WRITEPROTECT")
    void writeprotect(@InOut UffdioWriteprotect writeprotect);

    /** Maps pages that the page cache has already: the answer to a minor fault. */
    @Ioctl("UFFDIO_CONTINUE")
    void continue_(@InOut UffdioContinue continue_);

    /** Makes accesses to pages raise SIGBUS, as memory errors do. */
    @Ioctl("UFFDIO_POISON")
    void poison(@InOut UffdioPoison poison);
}
