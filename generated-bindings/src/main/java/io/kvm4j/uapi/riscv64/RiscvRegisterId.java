package io.kvm4j.uapi.riscv64;

import io.kvm4j.uapi.KvmConstants;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.util.Objects;

/**
 * Makes the ids of registers on 64-bit RISC-V. Registers that KVM keeps in a struct are named by the struct's field in C,
 * for example {@code csr("satp")}; finding the field allocates, so that ids that are used often are best kept.
 */
public final class RiscvRegisterId {
    private static final int GENERAL_REGISTERS = 32;
    private static final int FLOATING_POINT_REGISTERS = 32;
    private static final int FCSR = 32;
    private static final int NUMBERS = 1 << 16;

    private RiscvRegisterId() {}

    /** What the vCPU is: a field of {@code struct kvm_riscv_config}. */
    public static long config(String field) {
        return id(RiscvConstants.KVM_REG_RISCV_CONFIG, index(KvmRiscvConfig.LAYOUT, field));
    }

    /** The program counter. */
    public static long pc() {
        return id(RiscvConstants.KVM_REG_RISCV_CORE, 0);
    }

    /** General register {@code xN}, from 1 to 31; x0 is no register. */
    public static long x(int number) {
        if (Objects.checkIndex(number, GENERAL_REGISTERS) == 0) {
            throw new IllegalArgumentException("x0 is always 0");
        }
        return id(RiscvConstants.KVM_REG_RISCV_CORE, number);
    }

    /** The privilege mode: {@code KVM_RISCV_MODE_S} or {@code KVM_RISCV_MODE_U}. */
    public static long mode() {
        return id(RiscvConstants.KVM_REG_RISCV_CORE, index(KvmRiscvCore.LAYOUT, "mode"));
    }

    /** A control and status register: a field of {@code struct kvm_riscv_csr}. */
    public static long csr(String field) {
        return id(
                RiscvConstants.KVM_REG_RISCV_CSR | RiscvConstants.KVM_REG_RISCV_CSR_GENERAL,
                index(KvmRiscvCsr.LAYOUT, field));
    }

    /** A control and status register of the interrupt architecture: a field of {@code struct kvm_riscv_aia_csr}. */
    public static long csrAia(String field) {
        return id(
                RiscvConstants.KVM_REG_RISCV_CSR | RiscvConstants.KVM_REG_RISCV_CSR_AIA,
                index(KvmRiscvAiaCsr.LAYOUT, field));
    }

    /** The guest's clock: a field of {@code struct kvm_riscv_timer}. */
    public static long timer(String field) {
        return id(RiscvConstants.KVM_REG_RISCV_TIMER, index(KvmRiscvTimer.LAYOUT, field));
    }

    /** Floating-point register {@code fN} of 32 bits, from 0 to 31, of a vCPU with extension F. */
    public static long f32(int number) {
        return id(
                KvmConstants.KVM_REG_SIZE_U32,
                RiscvConstants.KVM_REG_RISCV_FP_F,
                Objects.checkIndex(number, FLOATING_POINT_REGISTERS));
    }

    /** Floating-point register {@code fN} of 64 bits, from 0 to 31, of a vCPU with extension D. */
    public static long f64(int number) {
        return id(RiscvConstants.KVM_REG_RISCV_FP_D, Objects.checkIndex(number, FLOATING_POINT_REGISTERS));
    }

    /** The floating-point control and status register, of 32 bits, of a vCPU with extension F. */
    public static long fcsr32() {
        return id(KvmConstants.KVM_REG_SIZE_U32, RiscvConstants.KVM_REG_RISCV_FP_F, FCSR);
    }

    /** The floating-point control and status register, of 32 bits, of a vCPU with extension D. */
    public static long fcsr64() {
        return id(KvmConstants.KVM_REG_SIZE_U32, RiscvConstants.KVM_REG_RISCV_FP_D, FCSR);
    }

    /** Whether the guest has an extension of the instruction set: {@code KVM_RISCV_ISA_EXT_*}. */
    public static long isaExtension(int extension) {
        return id(
                RiscvConstants.KVM_REG_RISCV_ISA_EXT | RiscvConstants.KVM_REG_RISCV_ISA_SINGLE,
                Objects.checkIndex(extension, NUMBERS));
    }

    /** Whether the guest has an extension of the firmware interface: {@code KVM_RISCV_SBI_EXT_*}. */
    public static long sbiExtension(int extension) {
        return id(
                RiscvConstants.KVM_REG_RISCV_SBI_EXT | RiscvConstants.KVM_REG_RISCV_SBI_SINGLE,
                Objects.checkIndex(extension, NUMBERS));
    }

    /** Which of the fields of a struct of 64-bit numbers it is. */
    private static long index(GroupLayout struct, String field) {
        return struct.byteOffset(PathElement.groupElement(field)) / Long.BYTES;
    }

    private static long id(int kind, long number) {
        return id(KvmConstants.KVM_REG_SIZE_U64, kind, number);
    }

    private static long id(long size, int kind, long number) {
        return KvmConstants.KVM_REG_RISCV | size | kind | number;
    }
}
