package io.kvm4j.fault;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;

/** The write protection by which a pager learns which pages are written. Any number of threads call it at once. */
final class WriteProtection {
    private final DiscardGate gate;
    private final PagerControl control;

    WriteProtection(DiscardGate gate, PagerControl control) {
        this.gate = gate;
        this.control = control;
    }

    /** Ends the write protection of a page, and notes that it was written. */
    void end(FaultContext context, RegionPages region, int page) {
        if (region.written != null) {
            region.written.add(page);
        }
        for (int attempt = 0; !allowed(context, region, page); attempt++) {
            control.requireRunning();
            context.backOff(attempt);
        }
    }

    private boolean allowed(FaultContext context, RegionPages region, int page) {
        gate.enter(context.pass);
        try {
            int result = context.calls.writeprotect(region.address(page), region.pageSize, 0);
            if (result == Errno.EAGAIN) {
                return false;
            }
            if (result != 0 && result != Errno.ENOENT) {
                throw PageInstaller.failure(result, region, page);
            }
            context.answered();
            return true;
        } finally {
            gate.exit(context.pass);
        }
    }

    /** Protects a page that has been written. */
    void begin(FaultContext context, RegionPages region, int page) {
        int attempt = 0;
        int result;
        do {
            result = context.calls.writeprotect(
                    region.address(page), region.pageSize, UserfaultfdConstants.UFFDIO_WRITEPROTECT_MODE_WP);
            if (result == Errno.EAGAIN) {
                context.backOff(attempt++);
            }
        } while (result == Errno.EAGAIN);
        if (result != 0) {
            throw PageInstaller.failure(result, region, page);
        }
    }
}
