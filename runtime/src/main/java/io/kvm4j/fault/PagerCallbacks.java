package io.kvm4j.fault;

import io.kvm4j.Guest;
import io.kvm4j.posix.Cleanup;
import java.util.function.Consumer;

/**
 * Calls a pager's guest and listener: the one place where that is done, but for {@link Guest#stop}, which is a step of what
 * ends a pager. What each failure means is said at {@link DemandPager}. For the watch's thread.
 */
final class PagerCallbacks {
    private final Guest guest;
    private final PagerListener listener;
    private final PagerControl control;
    private boolean cannotSayWhetherItStops;

    PagerCallbacks(Guest guest, PagerListener listener, PagerControl control) {
        this.guest = guest;
        this.listener = listener;
        this.control = control;
    }

    /** Pauses the guest; one that cannot be paused is stopped. */
    void pause() {
        call(guest::pause);
    }

    /** Lets the guest go on; one that cannot is stopped. */
    void resume() {
        call(guest::resume);
    }

    private void call(Runnable guests) {
        try {
            guests.run();
        } catch (Throwable t) {
            failInPagersThread(t);
        }
    }

    /** Whether the guest is stopping; false once it has failed to say so. */
    boolean isStopping() {
        try {
            return !cannotSayWhetherItStops && guest.isStopping();
        } catch (Throwable t) {
            cannotSayWhetherItStops = true;
            failInPagersThread(t);
            return false;
        }
    }

    /** Tells the listener something. An exception of the listener's changes nothing for the guest. */
    void tell(Consumer<PagerListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            report(e);
        } catch (Error e) {
            failInPagersThread(e);
        }
    }

    /** Ends the pager because of what happened in a thread of its own, where an Error has no caller to reach. */
    void failInPagersThread(Throwable why) {
        control.fail(why);
        if (why instanceof Error) {
            report(why);
        }
    }

    /** Hands a failure to the handler of uncaught exceptions; as for a thread that ends, what that throws is ignored. */
    private static void report(Throwable why) {
        Thread thread = Thread.currentThread();
        Cleanup ignored =
                new Cleanup().run(() -> thread.getUncaughtExceptionHandler().uncaughtException(thread, why));
    }
}
