package io.kvm4j.fault;

/** The thread was interrupted while it waited for a page, whose fault it has left unresolved. The pager goes on. */
public final class InterruptedPagingException extends PagingException {
    private static final long serialVersionUID = 1;

    InterruptedPagingException() {
        super("interrupted while waiting for a page: there is no source");
    }
}
