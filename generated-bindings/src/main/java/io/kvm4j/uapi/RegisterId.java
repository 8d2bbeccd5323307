package io.kvm4j.uapi;

/**
 * The ids by which {@link KvmVcpuIoctls#getOneReg} and {@link KvmVcpuIoctls#setOneReg} know registers: architecture, size
 * and, laid out as the architecture likes, the register. Each architecture's package makes those of its own.
 */
public final class RegisterId {
    private RegisterId() {}

    /** The bytes of a register: a power of two from 1 to 2048 in the ids that KVM knows. */
    public static int size(long id) {
        return 1 << ((id & KvmConstants.KVM_REG_SIZE_MASK) >>> KvmConstants.KVM_REG_SIZE_SHIFT);
    }

    /** The architecture of a register, for example {@code KVM_REG_X86}, or {@code KVM_REG_GENERIC}. */
    public static long architecture(long id) {
        return id & KvmConstants.KVM_REG_ARCH_MASK;
    }

    /** What is left of an id without architecture and size: the register. */
    public static long register(long id) {
        return id & ~(KvmConstants.KVM_REG_ARCH_MASK | KvmConstants.KVM_REG_SIZE_MASK);
    }
}
