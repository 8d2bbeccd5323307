package io.kvm4j.injection;

/** A life that leaves nothing behind, whatever fails in it. */
@FunctionalInterface
interface Scenario {
    /** Lives once, and closes all that it owns by try-with-resources. Throws what failed. */
    void run() throws Exception;
}
