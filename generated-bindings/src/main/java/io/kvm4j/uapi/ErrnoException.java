package io.kvm4j.uapi;

/** A system call failed: which one, on what, with which errno. */
public final class ErrnoException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** As long as arguments get in a message: the text of a large struct says less the longer it is. */
    private static final int LONGEST_ARGUMENTS = 200;

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
     * @param arguments what it was called with, for people; a long text is shortened
     */
    public static ErrnoException of(int errno, String call, String arguments) {
        return new ErrnoException(errno, call, message(errno, call, arguments));
    }

    private static String message(int errno, String call, String arguments) {
        return "%s(%s): %s".formatted(call, shortened(arguments), Errno.describe(errno));
    }

    private static String shortened(String arguments) {
        if (arguments.length() <= LONGEST_ARGUMENTS) {
            return arguments;
        }
        int end = arguments.lastIndexOf(", ", LONGEST_ARGUMENTS);
        return arguments.substring(0, end < 0 ? LONGEST_ARGUMENTS : end) + ", …";
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
                        errno, call, message(errno, call, arguments) + "; this kernel lacks " + capability);
    }

    /**
     * The same failure, explained.
     *
     * @param explanation what the error number means here and what to do, which the message gets behind a semicolon
     */
    public ErrnoException with(String explanation) {
        ErrnoException explained = new ErrnoException(errno, call, getMessage() + "; " + explanation);
        explained.initCause(this);
        return explained;
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
