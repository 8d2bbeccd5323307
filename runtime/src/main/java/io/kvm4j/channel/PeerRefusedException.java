package io.kvm4j.channel;

import java.io.IOException;

/** One end of a connection refuses the other: trying again is of no use before one of them has been configured anew. */
public final class PeerRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    /** A refusal for a reason, which is one line. */
    public PeerRefusedException(String reason) {
        super(reason);
    }

    /** A refusal for a reason, which is one line, and the failure that it comes from. */
    public PeerRefusedException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
