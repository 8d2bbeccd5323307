package io.kvm4j.uapi.x86_64;

import io.kvm4j.uapi.KvmConstants;

/** Makes the ids of registers on x86_64, which Linux knows since 7.2 or earlier, but not in 6.12. */
public final class X86RegisterId {
    private static final int TYPE_SHIFT = 32;

    private X86RegisterId() {}

    /**
     * An MSR: {@code KVM_X86_REG_MSR(index)}.
     *
     * @param index as the instruction RDMSR takes it, unsigned
     */
    public static long msr(int index) {
        return id(X86Constants.KVM_X86_REG_TYPE_MSR, index);
    }

    /**
     * A register that KVM defines: {@code KVM_X86_REG_KVM(index)}.
     *
     * @param index for example {@code KVM_REG_GUEST_SSP}
     */
    public static long kvm(int index) {
        return id(X86Constants.KVM_X86_REG_TYPE_KVM, index);
    }

    /** The guest's shadow stack pointer. */
    public static long guestSsp() {
        return kvm(X86Constants.KVM_REG_GUEST_SSP);
    }

    private static long id(int type, int index) {
        return KvmConstants.KVM_REG_X86
                | KvmConstants.KVM_REG_SIZE_U64
                | (long) type << TYPE_SHIFT
                | Integer.toUnsignedLong(index);
    }
}
