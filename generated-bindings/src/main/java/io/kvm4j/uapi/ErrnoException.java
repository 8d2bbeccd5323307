package io.kvm4j.uapi;

/** A system call failed: which one, on what, with which errno. */
public final class ErrnoException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;
    private final String call;

    private ErrnoException(int errno, String call, String message) {
        super(message);
        this.errno = errno;
        this.call = call;
    }

    /**
     * A failed system call.
     *
     * @param errno the error number, positive
     * @param call the call's C name, for an ioctl that of its request macro
     * @param arguments what it was called with, for people
     */
    public static ErrnoException of(int errno, String call, String arguments) {
        return new ErrnoException(errno, call, "%s(%s): %s".formatted(call, arguments, Errno.describe(errno)));
    }

    /**
     * A failed ioctl that a capability gates.
     *
     * @param errno the error number, positive
     * @param call the C name of the request macro
     * @param arguments what it was called with, for people
     * @param capability the C name of the capability
     * @param present whether the kernel has it
     */
    public static ErrnoException of(int errno, String call, String arguments, String capability, boolean present) {
        return present
                ? of(errno, call, arguments)
                : new ErrnoException(
                        errno,
                        call,
                        "%s(%s): %s; this kernel lacks %s"
                                .formatted(call, arguments, Errno.describe(errno), capability));
    }

    /** The error number, positive, as Linux numbers them. */
    public int errno() {
        return errno;
    }

    /** The C name of the error number, for example {@code EINVAL}. */
    public String errnoName() {
        return Errno.name(errno);
    }

    /** The C name of the call that failed, for an ioctl that of its request macro. */
    public String call() {
        return call;
    }
}
