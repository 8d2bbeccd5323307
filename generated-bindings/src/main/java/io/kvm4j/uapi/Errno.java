package io.kvm4j.uapi;

/** Linux error numbers by name: {@code asm-generic/errno.h}, which x86_64, aarch64 and riscv64 use as it is. */
public final class Errno {
    /** {@code EPERM}. */
    public static final int EPERM = 1;

    /** {@code ENOENT}. */
    public static final int ENOENT = 2;

    /** {@code ESRCH}. */
    public static final int ESRCH = 3;

    /** {@code EINTR}. */
    public static final int EINTR = 4;

    /** {@code EIO}. */
    public static final int EIO = 5;

    /** {@code ENXIO}. */
    public static final int ENXIO = 6;

    /** {@code E2BIG}. */
    public static final int E2BIG = 7;

    /** {@code EBADF}. */
    public static final int EBADF = 9;

    /** {@code EAGAIN}. */
    public static final int EAGAIN = 11;

    /** {@code ENOMEM}. */
    public static final int ENOMEM = 12;

    /** {@code EACCES}. */
    public static final int EACCES = 13;

    /** {@code EFAULT}. */
    public static final int EFAULT = 14;

    /** {@code EBUSY}. */
    public static final int EBUSY = 16;

    /** {@code EEXIST}. */
    public static final int EEXIST = 17;

    /** {@code ENODEV}. */
    public static final int ENODEV = 19;

    /** {@code EINVAL}. */
    public static final int EINVAL = 22;

    /** {@code ENOTTY}. */
    public static final int ENOTTY = 25;

    /** {@code ENOSYS}. */
    public static final int ENOSYS = 38;

    /** {@code EOPNOTSUPP}. */
    public static final int EOPNOTSUPP = 95;

    /** {@code EHWPOISON}. */
    public static final int EHWPOISON = 133;

    private static final String[] NAMES = {
        "", "EPERM", "ENOENT", "ESRCH", "EINTR", "EIO",
        "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD", "EAGAIN",
        "ENOMEM", "EACCES", "EFAULT", "ENOTBLK", "EBUSY", "EEXIST",
        "EXDEV", "ENODEV", "ENOTDIR", "EISDIR", "EINVAL", "ENFILE",
        "EMFILE", "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC", "ESPIPE",
        "EROFS", "EMLINK", "EPIPE", "EDOM", "ERANGE", "EDEADLK",
        "ENAMETOOLONG", "ENOLCK", "ENOSYS", "ENOTEMPTY", "ELOOP", "",
        "ENOMSG", "EIDRM", "ECHRNG", "EL2NSYNC", "EL3HLT", "EL3RST",
        "ELNRNG", "EUNATCH", "ENOCSI", "EL2HLT", "EBADE", "EBADR",
        "EXFULL", "ENOANO", "EBADRQC", "EBADSLT", "", "EBFONT",
        "ENOSTR", "ENODATA", "ETIME", "ENOSR", "ENONET", "ENOPKG",
        "EREMOTE", "ENOLINK", "EADV", "ESRMNT", "ECOMM", "EPROTO",
        "EMULTIHOP", "EDOTDOT", "EBADMSG", "EOVERFLOW", "ENOTUNIQ", "EBADFD",
        "EREMCHG", "ELIBACC", "ELIBBAD", "ELIBSCN", "ELIBMAX", "ELIBEXEC",
        "EILSEQ", "ERESTART", "ESTRPIPE", "EUSERS", "ENOTSOCK", "EDESTADDRREQ",
        "EMSGSIZE", "EPROTOTYPE", "ENOPROTOOPT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EOPNOTSUPP",
        "EPFNOSUPPORT", "EAFNOSUPPORT", "EADDRINUSE", "EADDRNOTAVAIL", "ENETDOWN", "ENETUNREACH",
        "ENETRESET", "ECONNABORTED", "ECONNRESET", "ENOBUFS", "EISCONN", "ENOTCONN",
        "ESHUTDOWN", "ETOOMANYREFS", "ETIMEDOUT", "ECONNREFUSED", "EHOSTDOWN", "EHOSTUNREACH",
        "EALREADY", "EINPROGRESS", "ESTALE", "EUCLEAN", "ENOTNAM", "ENAVAIL",
        "EISNAM", "EREMOTEIO", "EDQUOT", "ENOMEDIUM", "EMEDIUMTYPE", "ECANCELED",
        "ENOKEY", "EKEYEXPIRED", "EKEYREVOKED", "EKEYREJECTED", "EOWNERDEAD", "ENOTRECOVERABLE",
        "ERFKILL", "EHWPOISON", "EFTYPE",
    };

    private Errno() {}

    /** The C name of an error number, or {@code errno <number>} if it has none. */
    public static String name(int errno) {
        boolean named = errno > 0 && errno < NAMES.length && !NAMES[errno].isEmpty();
        return named ? NAMES[errno] : "errno " + errno;
    }

    /** Name and number, for people: {@code EINVAL (22)}. */
    static String describe(int errno) {
        return "%s (%d)".formatted(name(errno), errno);
    }
}
