package io.kvm4j.fault;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What is known of each page of a region, so that each is installed once: by whoever holds its claim. A claim is a number
 * that is never used twice for a page; losing it (the page was discarded, the source given up) makes a late install
 * impossible. Any thread may call; nothing allocates.
 */
final class PageStates {
    /** Not there yet; the source has it. */
    static final int MISSING = 0;

    /** Somebody reads its content from the source. */
    static final int LOADING = 1;

    /** Somebody puts its content in place, within the {@link DiscardGate}. */
    static final int INSTALLING = 2;

    /** There: the guest's own, never to be written again. */
    static final int INSTALLED = 3;

    /** Given up by its owner: what comes next is a page of zeros. */
    static final int REMOVED = 4;

    /** The memory itself is gone. */
    static final int GONE = 5;

    private static final int STATE = 7;
    private static final int WAKE = 8;
    private static final int CLAIM = 16;
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(int[].class);

    private final int[] words;

    PageStates(int pages) {
        words = new int[pages];
    }

    int size() {
        return words.length;
    }

    /** State and claim of a page. */
    int get(int page) {
        return (int) WORDS.getVolatile(words, page);
    }

    static int state(int word) {
        return word & STATE;
    }

    /** Whether somebody has claimed the page. */
    static boolean isInHand(int word) {
        return state(word) == LOADING || state(word) == INSTALLING;
    }

    /** Takes a page that is missing, to read it. Returns the claim, 0 if it is no longer as {@code word} says. */
    int claim(int page, int word) {
        return claim(page, word, LOADING);
    }

    /** Takes a page that is missing and whose content need not be read, to put it in place. Returns as {@link #claim}. */
    int claimForInstall(int page, int word) {
        return claim(page, word, INSTALLING);
    }

    private int claim(int page, int word, int state) {
        int claim = claimOf(word) + CLAIM;
        if (claim == 0) {
            claim = CLAIM;
        }
        return WORDS.compareAndSet(words, page, word, claim | state) ? claim : 0;
    }

    private static int claimOf(int word) {
        return word & -CLAIM;
    }

    /** Whether a claim still holds, while its page's content is read. */
    boolean isHeld(int page, int claim) {
        int word = get(page);
        return state(word) == LOADING && claimOf(word) == claim;
    }

    /** Goes from reading to putting in place. Returns false if the claim is lost. */
    boolean beginInstall(int page, int claim) {
        return change(page, claim, LOADING, INSTALLING);
    }

    /** Goes back, to try again. */
    void suspendInstall(int page, int claim) {
        change(page, claim, INSTALLING, LOADING);
    }

    private boolean change(int page, int claim, int from, int to) {
        while (true) {
            int word = get(page);
            if (state(word) != from || claimOf(word) != claim) {
                return false;
            }
            if (WORDS.compareAndSet(words, page, word, (word & ~STATE) | to)) {
                return true;
            }
        }
    }

    /**
     * Gives up a claim of a page that is not there yet, unless it was lost before. Returns whether somebody asked to be
     * woken: he then faults again.
     */
    boolean revoke(int page, int claim) {
        while (true) {
            int word = get(page);
            if (state(word) != LOADING || claimOf(word) != claim) {
                return false;
            }
            if (WORDS.compareAndSet(words, page, word, claim | MISSING)) {
                return (word & WAKE) != 0;
            }
        }
    }

    /** Says that a page is there. Returns whether somebody asked to be woken. */
    boolean installed(int page) {
        return finish(page, INSTALLED);
    }

    /** Says that a page will never be there. Returns whether somebody asked to be woken. */
    boolean gone(int page) {
        return finish(page, GONE);
    }

    private boolean finish(int page, int state) {
        while (true) {
            int word = get(page);
            if (WORDS.compareAndSet(words, page, word, claimOf(word) | state)) {
                return (word & WAKE) != 0;
            }
        }
    }

    /** Asks who has claimed a page to wake those who wait for it. Returns false if the word has changed meanwhile. */
    boolean requestWake(int page, int word) {
        return WORDS.compareAndSet(words, page, word, word | WAKE);
    }

    /** Says that a discarded page was put in place as zeros, unless it was discarded again. */
    void zeroed(int page, int word) {
        WORDS.compareAndSet(words, page, word, claimOf(word) | INSTALLED);
    }

    /**
     * Notes that a page was discarded: claims on it are lost. Returns whether somebody asked to be woken: he then faults
     * again.
     */
    boolean removed(int page) {
        while (true) {
            int word = get(page);
            if (state(word) == GONE) {
                return false;
            }
            if (WORDS.compareAndSet(words, page, word, (claimOf(word) + CLAIM) | REMOVED)) {
                return (word & WAKE) != 0;
            }
        }
    }

    /** Whether no page is left. */
    boolean areGone() {
        for (int page = 0; page < words.length; page++) {
            if (state(get(page)) != GONE) {
                return false;
            }
        }
        return true;
    }

    /** How many pages are still to come from the source. */
    int unfinished() {
        int count = 0;
        for (int page = 0; page < words.length; page++) {
            count += state(get(page)) <= INSTALLING ? 1 : 0;
        }
        return count;
    }
}
