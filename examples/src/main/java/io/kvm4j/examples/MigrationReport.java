package io.kvm4j.examples;

import io.kvm4j.migration.GuestOwner;
import io.kvm4j.migration.MigrationListener;
import io.kvm4j.migration.MigrationSource;
import java.io.IOException;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Prints the events of a migration, and makes the decision that its operator has asked for. */
final class MigrationReport implements MigrationListener {
    private final PrintStream out;
    private final @Nullable GuestOwner decision;
    private volatile @Nullable MigrationSource source;

    /** @param decision who shall own the guest if that cannot be found out; null if nobody has decided */
    MigrationReport(PrintStream out, @Nullable GuestOwner decision) {
        this.out = out;
        this.decision = decision;
    }

    /** Sets the source that the decision is for, before it runs. */
    void decideFor(MigrationSource decided) {
        source = decided;
    }

    @Override
    public void stopped() {
        out.println("the guest stands: sending its state");
    }

    @Override
    public void kept(Exception why) {
        out.println("the guest stays, and runs on here: " + why.getMessage());
    }

    @Override
    public void notResumed(Exception why) {
        out.println("the guest stays, but cannot be resumed: " + why.getMessage());
    }

    @Override
    public void handedOver() {
        out.println("the guest is the destination's, and will not run here again");
    }

    @Override
    public void undecided(IOException why) {
        out.println(why.getMessage());
        MigrationSource undecided = source;
        if (decision == null || undecided == null) {
            out.println("restore the directory, and let a destination ask again; --undecided decides at once");
            return;
        }
        try {
            undecided.decide(decision);
        } catch (IOException e) {
            out.println("the decision cannot be recorded: " + e.getMessage());
        }
    }

    @Override
    public void serving() {
        out.println("serving pages");
    }

    @Override
    public void connectionEnded(IOException why) {
        out.println("lost the destination: " + why.getMessage());
    }

    @Override
    public void declined(String reason) {
        out.println("declined: " + reason);
    }

    @Override
    public void waiting(IOException why) {
        out.println("waiting for the source: " + why.getMessage());
    }

    @Override
    public void goesOn() {
        out.println("the source is there");
    }
}
