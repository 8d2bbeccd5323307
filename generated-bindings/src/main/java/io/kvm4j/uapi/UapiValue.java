package io.kvm4j.uapi;

/** One of the numbers that a group of macros names, or a number of that group's range that none of them names. */
public interface UapiValue {
    /** The number as the kernel uses it. */
    int number();

    /** The name of the macro, or {@code <type>(<number>)} if no macro of these headers has the number. */
    String name();

    /** Whether a macro of these headers has the number. */
    boolean isKnown();
}
