package io.kvm4j.fault;

import org.jspecify.annotations.Nullable;

/** A {@link io.kvm4j.pages.PageSource} failed, stalled, or gave another number of bytes than it was asked for. */
public final class PageSourceException extends PagingException {
    private static final long serialVersionUID = 1;

    PageSourceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
