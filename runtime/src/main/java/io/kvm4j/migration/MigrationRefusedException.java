package io.kvm4j.migration;

import java.io.IOException;

/** The source of a migration will not give what it is asked for, now or later. The message is its reason. */
public final class MigrationRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param reason one line */
    public MigrationRefusedException(String reason) {
        super(reason);
    }
}
