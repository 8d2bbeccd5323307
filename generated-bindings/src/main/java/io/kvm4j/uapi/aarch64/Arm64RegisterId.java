package io.kvm4j.uapi.aarch64;

import io.kvm4j.uapi.KvmConstants;
import java.lang.foreign.MemoryLayout.PathElement;
import java.util.Objects;

/** Makes the ids of registers on 64-bit Arm. */
public final class Arm64RegisterId {
    private static final long X0 = core("regs", "regs");
    private static final long SP = core("regs", "sp");
    private static final long PC = core("regs", "pc");
    private static final long PSTATE = core("regs", "pstate");
    private static final long SP_EL1 = core("sp_el1");
    private static final long ELR_EL1 = core("elr_el1");
    private static final long SPSR = core("spsr");
    private static final long V0 = core("fp_regs", "vregs");
    private static final long FPSR = core("fp_regs", "fpsr");
    private static final long FPCR = core("fp_regs", "fpcr");
    private static final int GENERAL_REGISTERS = 31;
    private static final int VECTOR_REGISTERS = 32;
    private static final int PREDICATE_REGISTERS = 16;
    private static final int SLICES = 32;
    private static final int SLICE_BITS = 5;
    private static final int FIRMWARE_REGISTERS = 1 << 16;

    private Arm64RegisterId() {}

    /** General register {@code xN}, from 0 to 30. */
    public static long x(int number) {
        return core64(X0 + 2L * Objects.checkIndex(number, GENERAL_REGISTERS));
    }

    /** The stack pointer of EL0. */
    public static long sp() {
        return core64(SP);
    }

    /** The program counter. */
    public static long pc() {
        return core64(PC);
    }

    /** The processor state. */
    public static long pstate() {
        return core64(PSTATE);
    }

    /** The stack pointer of EL1. */
    public static long spEl1() {
        return core64(SP_EL1);
    }

    /** The exception link register of EL1. */
    public static long elrEl1() {
        return core64(ELR_EL1);
    }

    /** A saved program status register, by its place in {@code struct kvm_regs}: 0 is that of EL1. */
    public static long spsr(int index) {
        return core64(SPSR + 2L * Objects.checkIndex(index, Arm64Constants.KVM_NR_SPSR));
    }

    /** Vector register {@code vN} of 128 bits, from 0 to 31; a vCPU with SVE has {@link #sveZ} instead. */
    public static long v(int number) {
        return core(V0 + 4L * Objects.checkIndex(number, VECTOR_REGISTERS), KvmConstants.KVM_REG_SIZE_U128);
    }

    /** The floating-point status register, of 32 bits. */
    public static long fpsr() {
        return core(FPSR, KvmConstants.KVM_REG_SIZE_U32);
    }

    /** The floating-point control register, of 32 bits. */
    public static long fpcr() {
        return core(FPCR, KvmConstants.KVM_REG_SIZE_U32);
    }

    /**
     * A system register, by the fields of the instruction MRS: {@code ARM64_SYS_REG(op0, op1, crn, crm, op2)}. KVM
     * swapped two of them: CNTV_CVAL_EL0 is {@code (3, 3, 14, 0, 2)} and CNTVCT_EL0 {@code (3, 3, 14, 3, 2)}.
     */
    public static long system(int op0, int op1, int crn, int crm, int op2) {
        return id(
                KvmConstants.KVM_REG_SIZE_U64,
                Arm64Constants.KVM_REG_ARM64_SYSREG,
                (Objects.checkIndex(op0, 1 << 2) << Arm64Constants.KVM_REG_ARM64_SYSREG_OP0_SHIFT)
                        | (Objects.checkIndex(op1, 1 << 3) << Arm64Constants.KVM_REG_ARM64_SYSREG_OP1_SHIFT)
                        | (Objects.checkIndex(crn, 1 << 4) << Arm64Constants.KVM_REG_ARM64_SYSREG_CRN_SHIFT)
                        | (Objects.checkIndex(crm, 1 << 4) << Arm64Constants.KVM_REG_ARM64_SYSREG_CRM_SHIFT)
                        | (Objects.checkIndex(op2, 1 << 3) << Arm64Constants.KVM_REG_ARM64_SYSREG_OP2_SHIFT));
    }

    /** The size of a cache, of 32 bits, by what CSSELR_EL1 selects it with, from 0 to 255. */
    public static long cacheSize(int selector) {
        return id(
                KvmConstants.KVM_REG_SIZE_U32,
                Arm64Constants.KVM_REG_ARM_DEMUX,
                Arm64Constants.KVM_REG_ARM_DEMUX_ID_CCSIDR
                        | Objects.checkIndex(selector, Arm64Constants.KVM_REG_ARM_DEMUX_VAL_MASK + 1));
    }

    /** A register of KVM as firmware, for example 0 for the version of PSCI: {@code KVM_REG_ARM_FW_REG(index)}. */
    public static long firmware(int index) {
        return id(
                KvmConstants.KVM_REG_SIZE_U64,
                Arm64Constants.KVM_REG_ARM_FW,
                Objects.checkIndex(index, FIRMWARE_REGISTERS));
    }

    /** A bitmap of firmware features: {@code KVM_REG_ARM_FW_FEAT_BMAP_REG(index)}. */
    public static long firmwareFeatures(int index) {
        return id(
                KvmConstants.KVM_REG_SIZE_U64,
                Arm64Constants.KVM_REG_ARM_FW_FEAT_BMAP,
                Objects.checkIndex(index, FIRMWARE_REGISTERS));
    }

    /** A slice of 2048 bits of SVE register {@code zN}: {@code KVM_REG_ARM64_SVE_ZREG(number, slice)}. */
    public static long sveZ(int number, int slice) {
        return sve(
                KvmConstants.KVM_REG_SIZE_U2048,
                Arm64Constants.KVM_REG_ARM64_SVE_ZREG_BASE,
                Objects.checkIndex(number, VECTOR_REGISTERS),
                slice);
    }

    /** A slice of 256 bits of SVE predicate register {@code pN}: {@code KVM_REG_ARM64_SVE_PREG(number, slice)}. */
    public static long sveP(int number, int slice) {
        return sve(
                KvmConstants.KVM_REG_SIZE_U256,
                Arm64Constants.KVM_REG_ARM64_SVE_PREG_BASE,
                Objects.checkIndex(number, PREDICATE_REGISTERS),
                slice);
    }

    /** A slice of 256 bits of the first fault register of SVE: {@code KVM_REG_ARM64_SVE_FFR(slice)}. */
    public static long sveFfr(int slice) {
        return sve(KvmConstants.KVM_REG_SIZE_U256, Arm64Constants.KVM_REG_ARM64_SVE_FFR_BASE, 0, slice);
    }

    private static long sve(long size, int base, int number, int slice) {
        return id(
                size,
                Arm64Constants.KVM_REG_ARM64_SVE,
                base | (number << SLICE_BITS) | Objects.checkIndex(slice, SLICES));
    }

    private static long core64(long index) {
        return core(index, KvmConstants.KVM_REG_SIZE_U64);
    }

    private static long core(long index, long size) {
        return id(size, Arm64Constants.KVM_REG_ARM_CORE, index);
    }

    /** Where a register lies in {@code struct kvm_regs}, in units of 32 bits, as KVM counts. */
    private static long core(String... path) {
        PathElement[] elements = new PathElement[path.length];
        for (int i = 0; i < path.length; i++) {
            elements[i] = PathElement.groupElement(path[i]);
        }
        return KvmRegs.LAYOUT.byteOffset(elements) / Integer.BYTES;
    }

    private static long id(long size, int kind, long register) {
        return KvmConstants.KVM_REG_ARM64 | size | kind | register;
    }
}
