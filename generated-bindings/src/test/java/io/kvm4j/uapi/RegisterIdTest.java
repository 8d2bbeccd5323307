package io.kvm4j.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.uapi.x86_64.X86RegisterId;
import org.junit.jupiter.api.Test;

class RegisterIdTest {
    /** {@code KVM_X86_REG_MSR(0xc0000080)} of gcc. */
    @Test
    void msr() {
        long id = X86RegisterId.msr(0xc0000080);
        assertEquals(0x20300002c0000080L, id);
        assertEquals(8, RegisterId.size(id));
        assertEquals(KvmConstants.KVM_REG_X86, RegisterId.architecture(id));
        assertEquals(0x2c0000080L, RegisterId.register(id));
    }

    @Test
    void guestSsp() {
        assertEquals(0x2030000300000000L, X86RegisterId.guestSsp());
    }

    @Test
    void sizes() {
        assertEquals(1, RegisterId.size(KvmConstants.KVM_REG_SIZE_U8));
        assertEquals(4, RegisterId.size(KvmConstants.KVM_REG_RISCV | KvmConstants.KVM_REG_SIZE_U32 | 0xffff));
        assertEquals(256, RegisterId.size(KvmConstants.KVM_REG_ARM64 | KvmConstants.KVM_REG_SIZE_U2048));
    }
}
