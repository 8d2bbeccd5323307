package io.kvm4j.state;

/** An MSR by its number, and its value. */
record Msr(int index, long value) {}
