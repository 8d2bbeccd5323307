package io.kvm4j.uapi.aarch64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.uapi.RegisterId;
import org.junit.jupiter.api.Test;

/** The numbers are those that gcc makes of the macros of Linux 7.2. */
class Arm64RegisterIdTest {
    @Test
    void coreRegisters() {
        assertEquals(0x603000000010003cL, Arm64RegisterId.x(30));
        assertEquals(0x603000000010003eL, Arm64RegisterId.sp());
        assertEquals(0x6030000000100040L, Arm64RegisterId.pc());
        assertEquals(0x6030000000100042L, Arm64RegisterId.pstate());
        assertEquals(0x6030000000100044L, Arm64RegisterId.spEl1());
        assertEquals(0x6030000000100046L, Arm64RegisterId.elrEl1());
        assertEquals(0x6030000000100050L, Arm64RegisterId.spsr(4));
        assertEquals(0x60400000001000d0L, Arm64RegisterId.v(31));
        assertEquals(0x60200000001000d4L, Arm64RegisterId.fpsr());
        assertEquals(0x60200000001000d5L, Arm64RegisterId.fpcr());
        assertEquals(16, RegisterId.size(Arm64RegisterId.v(0)));
    }

    @Test
    void systemRegisters() {
        assertEquals(0x603000000013df19L, Arm64RegisterId.system(3, 3, 14, 3, 1));
        assertEquals(0x6020000000110003L, Arm64RegisterId.cacheSize(3));
    }

    @Test
    void firmwareRegisters() {
        assertEquals(0x6030000000140003L, Arm64RegisterId.firmware(3));
        assertEquals(0x6030000000160002L, Arm64RegisterId.firmwareFeatures(2));
    }

    @Test
    void sveRegisters() {
        assertEquals(0x60800000001503e5L, Arm64RegisterId.sveZ(31, 5));
        assertEquals(0x60500000001505ffL, Arm64RegisterId.sveP(15, 31));
        assertEquals(0x6050000000150603L, Arm64RegisterId.sveFfr(3));
    }

    @Test
    void refusesWhatThereIsNot() {
        assertThrows(IndexOutOfBoundsException.class, () -> Arm64RegisterId.x(31));
        assertThrows(IndexOutOfBoundsException.class, () -> Arm64RegisterId.v(32));
        assertThrows(IndexOutOfBoundsException.class, () -> Arm64RegisterId.spsr(5));
        assertThrows(IndexOutOfBoundsException.class, () -> Arm64RegisterId.system(4, 0, 0, 0, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> Arm64RegisterId.system(0, 0, 16, 0, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> Arm64RegisterId.cacheSize(256));
        assertThrows(IndexOutOfBoundsException.class, () -> Arm64RegisterId.sveP(16, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> Arm64RegisterId.firmware(-1));
    }
}
