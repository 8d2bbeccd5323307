package io.kvm4j.uapi.riscv64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.uapi.RegisterId;
import org.junit.jupiter.api.Test;

/** The numbers are those that gcc makes of the macros of Linux 7.2. */
class RiscvRegisterIdTest {
    @Test
    void coreRegisters() {
        assertEquals(0x8030000002000000L, RiscvRegisterId.pc());
        assertEquals(0x803000000200000aL, RiscvRegisterId.x(10));
        assertEquals(0x8030000002000020L, RiscvRegisterId.mode());
    }

    @Test
    void registersOfStructs() {
        assertEquals(0x8030000001000006L, RiscvRegisterId.config("satp_mode"));
        assertEquals(0x8030000003000008L, RiscvRegisterId.csr("satp"));
        assertEquals(0x8030000003010003L, RiscvRegisterId.csrAia("sieh"));
        assertEquals(0x8030000003020000L, RiscvRegisterId.csrSmstateen("sstateen0"));
        assertEquals(0x8030000004000002L, RiscvRegisterId.timer("compare"));
        assertEquals(0x803000000a000001L, RiscvRegisterId.sbiStealTime("shmem_hi"));
        assertEquals(0x803000000a010005L, RiscvRegisterId.sbiFirmwareFeature("pointer_masking", "value"));
    }

    @Test
    void floatingPointRegisters() {
        assertEquals(0x802000000500001fL, RiscvRegisterId.f32(31));
        assertEquals(0x803000000600001fL, RiscvRegisterId.f64(31));
        assertEquals(0x8020000005000020L, RiscvRegisterId.fcsr32());
        assertEquals(0x8020000006000020L, RiscvRegisterId.fcsr64());
        assertEquals(4, RegisterId.size(RiscvRegisterId.f32(0)));
    }

    @Test
    void vectorRegisters() {
        assertEquals(0x8030000009000004L, RiscvRegisterId.vectorCsr("vlenb"));
        assertEquals(0x8050000009000025L, RiscvRegisterId.vector(31, 32));
        assertEquals(256, RegisterId.size(RiscvRegisterId.vector(0, 256)));
    }

    @Test
    void extensions() {
        assertEquals(0x8030000007000008L, RiscvRegisterId.isaExtension(RiscvConstants.KVM_RISCV_ISA_EXT_SSTC));
        assertEquals(0x8030000008000009L, RiscvRegisterId.sbiExtension(RiscvConstants.KVM_RISCV_SBI_EXT_DBCN));
    }

    @Test
    void refusesWhatThereIsNot() {
        assertThrows(IllegalArgumentException.class, () -> RiscvRegisterId.x(0));
        assertThrows(IndexOutOfBoundsException.class, () -> RiscvRegisterId.x(32));
        assertThrows(IndexOutOfBoundsException.class, () -> RiscvRegisterId.f64(32));
        assertThrows(IllegalArgumentException.class, () -> RiscvRegisterId.csr("stap"));
        assertThrows(IllegalArgumentException.class, () -> RiscvRegisterId.vectorCsr("datap"));
        assertThrows(IllegalArgumentException.class, () -> RiscvRegisterId.vector(0, 24));
        assertThrows(IllegalArgumentException.class, () -> RiscvRegisterId.vector(0, 512));
        assertThrows(IndexOutOfBoundsException.class, () -> RiscvRegisterId.vector(32, 16));
    }
}
