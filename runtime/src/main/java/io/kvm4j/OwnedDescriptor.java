package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmVmIoctls;

/**
 * A file descriptor that an ioctl returned, and that is closed once: by {@link #close} or with its VM, whichever comes first.
 * Child processes do not inherit it. Any thread may use and close it; the thread that closes it makes sure that no other
 * uses the number then.
 *
 * <pre>{@code
 * OwnedDescriptor stats = vm.adopt(vm.ioctls().getStatsFd(), "the statistics");
 * }</pre>
 */
public final class OwnedDescriptor extends VmPart {
    private final Descriptor descriptor;

    private OwnedDescriptor(Vm vm, Descriptor descriptor) {
        super(vm);
        this.descriptor = descriptor;
    }

    static OwnedDescriptor of(Vm vm, int fd, String name) {
        Descriptor descriptor = descriptor(fd, name);
        return owning(new OwnedDescriptor(vm, descriptor), descriptor);
    }

    private static OwnedDescriptor owning(OwnedDescriptor owned, Descriptor descriptor) {
        try {
            owned.begin(_ -> {});
            return owned;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(descriptor::close).rethrow();
        }
    }

    /** Takes over a descriptor that the caller names by its number, which may be wrong. */
    static Descriptor descriptor(int fd, String name) {
        try {
            return Descriptor.owning(fd, name);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EBADF) {
                throw new IllegalArgumentException(
                        "cannot adopt %s: %d is not an open descriptor".formatted(name, fd), e);
            }
            throw e;
        }
    }

    /**
     * The descriptor's number, for ioctls and system calls. It stays this object's: do not close it by another way.
     *
     * @throws IllegalStateException if it is closed
     */
    public int fd() {
        return descriptor.fd();
    }

    /** What the descriptor is, as it was named when it was adopted. */
    public String name() {
        return descriptor.name();
    }

    /** Whether it was closed, by {@link #close} or with the VM. */
    public boolean isClosed() {
        return descriptor.isClosed();
    }

    @Override
    protected void end(KvmVmIoctls ioctls) {
        descriptor.close();
    }

    /** Name and number, for people. */
    @Override
    public String toString() {
        return descriptor.isClosed() ? name() + ", closed" : "%s, fd %d".formatted(name(), descriptor.fd());
    }
}
