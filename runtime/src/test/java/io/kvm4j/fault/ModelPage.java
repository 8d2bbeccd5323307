package io.kvm4j.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a page may hold: the contents that it has had, of which a reader may see any that was there while it read. Changes
 * are made one after the other, under {@link #changing}; readers need no lock.
 */
final class ModelPage {
    /** For whoever changes the page. */
    final ReentrantLock changing = new ReentrantLock();

    private final List<byte[]> contents = new ArrayList<>();
    private int settled;
    private boolean touched;

    ModelPage(byte[] first) {
        contents.add(first);
    }

    /** The number of the oldest content that may still be seen. */
    synchronized int settled() {
        return settled;
    }

    synchronized byte[] latest() {
        return contents.getLast();
    }

    /** Begins a change: from now on the next content may be seen. */
    synchronized void begin(byte[] next) {
        contents.add(next);
    }

    /** Ends a change: from now on nothing older may be seen. */
    synchronized void end() {
        settled = contents.size() - 1;
    }

    /** Whether somebody has seen the page in place, since it was last discarded. */
    synchronized boolean isTouched() {
        return touched;
    }

    synchronized void touched(boolean is) {
        touched = is;
    }

    /**
     * Whether a page may have been read, each byte at its own time.
     *
     * @param since what {@link #settled} was before
     */
    synchronized boolean admits(byte[] seen, int since) {
        for (int at = 0; at < seen.length; at++) {
            if (!admits(seen[at], at, since)) {
                return false;
            }
        }
        touched = true;
        return true;
    }

    private boolean admits(byte seen, int at, int since) {
        for (int i = since; i < contents.size(); i++) {
            if (contents.get(i)[at] == seen) {
                return true;
            }
        }
        return false;
    }

    /** What is wrong with what was read, in words. */
    synchronized String describe(byte[] seen, int since) {
        StringBuilder text = new StringBuilder("it begins with %02x %02x".formatted(seen[0], seen[64]));
        for (int i = since; i < contents.size(); i++) {
            byte[] content = contents.get(i);
            text.append(", may have %02x %02x".formatted(content[0], content[64]));
        }
        return text.toString();
    }
}
