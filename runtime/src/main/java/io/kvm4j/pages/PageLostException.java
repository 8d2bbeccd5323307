package io.kvm4j.pages;

import java.io.IOException;

/** A {@link PageSource} throws this where some content is lost for ever, and the rest is not. */
public final class PageLostException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param message why it is lost */
    public PageLostException(String message) {
        super(message);
    }
}
