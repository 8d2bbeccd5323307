package io.kvm4j.fault;

import io.kvm4j.pages.PageSource;
import org.jspecify.annotations.Nullable;

/** The source in use, or none while the pager is paused. Any thread may call. */
final class CurrentSource {
    private volatile @Nullable Lease current;

    /** A source for the time that it is in use: what fails under one lease says nothing about the next. */
    static final class Lease {
        final PageSource source;

        private Lease(PageSource source) {
            this.source = source;
        }
    }

    CurrentSource(PageSource first) {
        current = new Lease(first);
    }

    @Nullable
    Lease current() {
        return current;
    }

    /** Ends a lease. Returns false if it had ended before. */
    synchronized boolean end(Lease lease) {
        if (current != lease) {
            return false;
        }
        current = null;
        return true;
    }

    /** Ends whatever lease there is, and returns its source. */
    synchronized @Nullable PageSource end() {
        Lease last = current;
        current = null;
        return last == null ? null : last.source;
    }

    void use(PageSource source) {
        current = new Lease(source);
    }
}
