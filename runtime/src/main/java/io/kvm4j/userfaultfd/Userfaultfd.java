package io.kvm4j.userfaultfd;

import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.posix.SystemCalls;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.userfaultfd.UffdioApi;
import io.kvm4j.uapi.userfaultfd.UffdioRange;
import io.kvm4j.uapi.userfaultfd.UffdioRegister;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import io.kvm4j.uapi.userfaultfd.UserfaultfdDeviceIoctls;
import io.kvm4j.uapi.userfaultfd.UserfaultfdIoctls;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * A userfaultfd that also sees the faults of the kernel's own accesses, as KVM's are: its owner. Forks are not followed:
 * the kernel ends the registration in a child by itself, which then finds zeros where the parent waits for pages.
 */
public final class Userfaultfd implements AutoCloseable {
    private static final Path DEVICE = Path.of("/dev/userfaultfd");
    private static final int FLAGS = SystemCalls.O_CLOEXEC | SystemCalls.O_NONBLOCK;

    private final Descriptor descriptor;
    private final UserfaultfdIoctls ioctls;

    private Userfaultfd(Descriptor descriptor) {
        this.descriptor = descriptor;
        this.ioctls = UserfaultfdIoctls.of(descriptor.fd());
    }

    /**
     * Creates one, whose features are still to be agreed on. The device needs no privilege but access to it, so it is asked
     * first.
     *
     * @throws ErrnoException if this process cannot have a userfaultfd
     */
    public static Userfaultfd create() {
        int fd = byDevice();
        if (fd < 0) {
            fd = SystemCalls.userfaultfd(FLAGS);
        }
        if (fd < 0) {
            throw ErrnoException.of(-fd, "userfaultfd", "O_CLOEXEC|O_NONBLOCK");
        }
        return new Userfaultfd(Descriptor.owning(fd, "userfaultfd"));
    }

    private static int byDevice() {
        try (Descriptor device = Descriptor.open(DEVICE)) {
            return UserfaultfdDeviceIoctls.of(device.fd()).iocNew(FLAGS);
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    /**
     * Turns features on, once: {@code UFFDIO_API}.
     *
     * @return the features that the kernel has
     * @throws ErrnoException if the kernel lacks one, or with EPERM if this process may not use one
     */
    public long agree(long features) {
        try (Arena call = Arena.ofConfined()) {
            UffdioApi api =
                    UffdioApi.allocate(call).api(UserfaultfdConstants.UFFD_API).features(features);
            ioctls.api(api);
            return api.features();
        }
    }

    /** Registers memory, and returns the ioctls that it allows, a bit for each {@code _UFFDIO_} number. */
    public long register(long address, long size, long modes) {
        try (Arena call = Arena.ofConfined()) {
            UffdioRegister register = UffdioRegister.allocate(call).mode(modes);
            register.range().start(address).len(size);
            ioctls.register(register);
            return register.ioctls();
        }
    }

    /** Ends the registration of memory. */
    public void unregister(long address, long size) {
        try (Arena call = Arena.ofConfined()) {
            ioctls.unregister(UffdioRange.allocate(call).start(address).len(size));
        }
    }

    /** The bytes of the pages that registered memory is made of: no part of one can be registered. */
    public long pageSize(long address, long size, long modes) {
        long pageSize = Mapping.PAGE_SIZE;
        while (pageSize < size && !canRegister(address, pageSize, modes)) {
            pageSize <<= 1;
        }
        return pageSize;
    }

    private boolean canRegister(long address, long size, long modes) {
        try {
            long ignored = register(address, size, modes);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EINVAL) {
                return false;
            }
            throw e;
        }
    }

    public int fd() {
        return descriptor.fd();
    }

    /** Closes it: threads that wait for a page go on, and find zeros where nothing was installed. */
    @Override
    public void close() {
        descriptor.close();
    }
}
