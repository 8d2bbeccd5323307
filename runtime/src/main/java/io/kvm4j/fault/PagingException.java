package io.kvm4j.fault;

import org.jspecify.annotations.Nullable;

/** Pages cannot be provided, or not as asked. The message is one line that says why. */
public class PagingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PagingException(String message) {
        this(message, null);
    }

    PagingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
