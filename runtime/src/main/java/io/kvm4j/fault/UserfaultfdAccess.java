package io.kvm4j.fault;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.userfaultfd.Userfaultfd;

/** Opens userfaultfds for a pager, and says what to do where this process cannot have one. */
final class UserfaultfdAccess {
    private UserfaultfdAccess() {}

    /**
     * Returns the features that this kernel has.
     *
     * @throws UserfaultfdUnavailableException if this process cannot have a userfaultfd
     */
    static long features() {
        try (Userfaultfd probe = create()) {
            return agree(probe, 0);
        }
    }

    /**
     * Opens one with certain features, all of which the kernel must have.
     *
     * @throws UserfaultfdUnavailableException if this process cannot have it
     */
    static Userfaultfd open(long features) {
        Userfaultfd made = create();
        try {
            long ignored = agree(made, features);
            return made;
        } catch (Throwable t) {
            throw Cleanup.after(t).run(made::close).rethrow();
        }
    }

    private static Userfaultfd create() {
        try {
            return Userfaultfd.create();
        } catch (ErrnoException e) {
            throw UserfaultfdUnavailableException.of(e);
        }
    }

    private static long agree(Userfaultfd made, long features) {
        try {
            return made.agree(features);
        } catch (ErrnoException e) {
            throw e.errno() == Errno.EPERM ? UserfaultfdUnavailableException.of(e) : e;
        }
    }
}
