package io.kvm4j.fault;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;

/** This process cannot have a userfaultfd for a guest's memory. The message says why and what to do about it. */
public final class UserfaultfdUnavailableException extends PagingException {
    private static final long serialVersionUID = 1;

    UserfaultfdUnavailableException(String message) {
        super(message);
    }

    private UserfaultfdUnavailableException(String message, ErrnoException cause) {
        super(message, cause);
    }

    static UserfaultfdUnavailableException of(ErrnoException cause) {
        String message = switch (cause.errno()) {
            case Errno.EPERM, Errno.EACCES ->
                "no permission to handle page faults that the kernel runs into, as KVM's are: run as root or with"
                        + " CAP_SYS_PTRACE, or get access to /dev/userfaultfd, or set sysctl"
                        + " vm.unprivileged_userfaultfd=1";
            case Errno.ENOSYS -> "this kernel has no userfaultfd: it was built without CONFIG_USERFAULTFD";
            default -> "cannot create a userfaultfd: " + cause.errnoName();
        };
        return new UserfaultfdUnavailableException(message, cause);
    }
}
