package io.kvm4j.uapi.riscv64;

import io.kvm4j.uapi.KvmConstants;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Makes the ids of registers on 64-bit RISC-V. Registers that KVM keeps in a struct are named by the struct's field in C,
 * for example {@code csr("satp")}; finding the field allocates, so that ids that are used often are best kept.
 */
public final class RiscvRegisterId {
    private static final int GENERAL_REGISTERS = 32;
    private static final int FLOATING_POINT_REGISTERS = 32;
    private static final int FCSR = 32;
    private static final int VECTOR_REGISTERS = 32;
    private static final int LARGEST_VECTOR = 256;
    /** The fields of {@code struct __riscv_v_ext_state}, after which, and a pointer, the vector registers count. */
    private static final List<String> VECTOR_CSRS = List.of("vstart", "vl", "vtype", "vcsr", "vlenb");

    private static final int VECTOR_STATE = VECTOR_CSRS.size() + 1;
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

    /** A register of the Smstateen extension: a field of {@code struct kvm_riscv_smstateen_csr}. */
    public static long csrSmstateen(String field) {
        return id(
                RiscvConstants.KVM_REG_RISCV_CSR | RiscvConstants.KVM_REG_RISCV_CSR_SMSTATEEN,
                index(KvmRiscvSmstateenCsr.LAYOUT, field));
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

    /** A control and status register of extension V, by its name: {@code KVM_REG_RISCV_VECTOR_CSR_REG(name)}. */
    public static long vectorCsr(String name) {
        int index = VECTOR_CSRS.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("%s is none of %s".formatted(name, VECTOR_CSRS));
        }
        return id(RiscvConstants.KVM_REG_RISCV_VECTOR, index);
    }

    /**
     * Vector register {@code vN}, from 0 to 31: {@code KVM_REG_RISCV_VECTOR_REG(number)}.
     *
     * @param bytes its size, which the register {@code vlenb} tells: a power of two from 8 to 256
     */
    public static long vector(int number, int bytes) {
        if (bytes < Long.BYTES || bytes > LARGEST_VECTOR || Integer.bitCount(bytes) != 1) {
            throw new IllegalArgumentException("no vector register has %d bytes".formatted(bytes));
        }
        long size = (long) Integer.numberOfTrailingZeros(bytes) << KvmConstants.KVM_REG_SIZE_SHIFT;
        return id(
                size, RiscvConstants.KVM_REG_RISCV_VECTOR, VECTOR_STATE + Objects.checkIndex(number, VECTOR_REGISTERS));
    }

    /** State of the firmware's steal-time extension: a field of {@code struct kvm_riscv_sbi_sta}. */
    public static long sbiStealTime(String field) {
        return id(
                RiscvConstants.KVM_REG_RISCV_SBI_STATE | RiscvConstants.KVM_REG_RISCV_SBI_STA,
                index(KvmRiscvSbiSta.LAYOUT, field));
    }

    /**
     * State of the firmware's feature extension.
     *
     * @param feature a field of {@code struct kvm_riscv_sbi_fwft}
     * @param field a field of that: {@code enable}, {@code flags} or {@code value}
     */
    public static long sbiFirmwareFeature(String feature, String field) {
        return id(
                RiscvConstants.KVM_REG_RISCV_SBI_STATE | RiscvConstants.KVM_REG_RISCV_SBI_FWFT,
                index(KvmRiscvSbiFwft.LAYOUT, feature, field));
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
    private static long index(GroupLayout struct, String... path) {
        return struct.byteOffset(Stream.of(path).map(PathElement::groupElement).toArray(PathElement[]::new))
                / Long.BYTES;
    }

    private static long id(int kind, long number) {
        return id(KvmConstants.KVM_REG_SIZE_U64, kind, number);
    }

    private static long id(long size, int kind, long number) {
        return KvmConstants.KVM_REG_RISCV | size | kind | number;
    }
}
