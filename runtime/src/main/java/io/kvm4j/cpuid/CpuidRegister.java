package io.kvm4j.cpuid;

/** A register that the CPUID instruction answers in. */
public enum CpuidRegister {
    /** The first, often the highest leaf or a version. */
    EAX,
    /** The second. */
    EBX,
    /** The third. */
    ECX,
    /** The fourth. */
    EDX
}
