package io.kvm4j.fault;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;

/** The write protection by which a pager learns which pages are written. Any number of workers call it at once. */
final class WriteProtection {
    private final ChangeGate gate;
    private final PagerControl control;

    WriteProtection(ChangeGate gate, PagerControl control) {
        this.gate = gate;
        this.control = control;
    }

    /** Ends the write protection of a page, and notes that it was written. */
    void end(Worker worker, RegionPages region, int page) {
        if (region.written != null) {
            region.written.add(page);
        }
        for (int attempt = 0; !allowed(worker, region, page); attempt++) {
            control.requireRunning();
            worker.backOff(attempt);
        }
    }

    private boolean allowed(Worker worker, RegionPages region, int page) {
        gate.enter(worker.pass);
        try {
            int result = worker.calls.writeprotect(region.address(page), region.pageSize, 0);
            if (result == Errno.EAGAIN) {
                return false;
            }
            if (result != 0 && result != Errno.ENOENT) {
                throw PageEngine.failure(result, region, page);
            }
            worker.answered();
            return true;
        } finally {
            gate.exit(worker.pass);
        }
    }

    /** Protects a page that has been written. */
    void begin(Worker worker, RegionPages region, int page) {
        int attempt = 0;
        int result;
        do {
            result = worker.calls.writeprotect(
                    region.address(page), region.pageSize, UserfaultfdConstants.UFFDIO_WRITEPROTECT_MODE_WP);
            if (result == Errno.EAGAIN) {
                worker.backOff(attempt++);
            }
        } while (result == Errno.EAGAIN);
        if (result != 0) {
            throw PageEngine.failure(result, region, page);
        }
    }
}
