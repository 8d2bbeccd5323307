package io.kvm4j.fault;

/** Dice that any number of threads throw, and that fall the same way with the same seed. */
final class Rolls {
    private Rolls() {}

    /** The throw of a number: not negative. */
    static int of(long seed, long number) {
        long mixed = (seed ^ (number * 0x9e3779b97f4a7c15L)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return (int) ((mixed ^ (mixed >>> 31)) & Integer.MAX_VALUE);
    }
}
