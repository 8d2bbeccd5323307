package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.KvmExit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@RequiresKvm
class MmioTest {
    /** {@code mov ax, 0xa000; mov ds, ax; mov eax, 0xcafef00d}: where {@link RealModeGuest} has no memory. */
    private static final String DEVICE = "b8 00 a0 8e d8 66 b8 0d f0 fe ca ";

    @ParameterizedTest
    @CsvSource({"a2 10 00, 1, 0x0d", "a3 10 00, 2, 0xf00d", "66 a3 10 00, 4, 0xcafef00d"})
    void stores(String mov, int size, long value) {
        try (RealModeGuest guest = new RealModeGuest(DEVICE + mov + " f4")) {
            KvmExit.Mmio mmio = guest.run(KvmExit.Mmio.class);
            assertTrue(mmio.isStore());
            assertEquals(0xa0010, mmio.physAddr());
            assertEquals(size, mmio.len());
            assertEquals(value, mmio.value());
            guest.run(KvmExit.Hlt.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"a0 10 00, 1, 0xcafef078", "a1 10 00, 2, 0xcafe5678", "66 a1 10 00, 4, 0x12345678"})
    void loads(String mov, int size, long eax) {
        try (RealModeGuest guest = new RealModeGuest(DEVICE + mov + " f4")) {
            KvmExit.Mmio mmio = guest.run(KvmExit.Mmio.class);
            assertTrue(mmio.isLoad());
            assertEquals(size, mmio.len());
            mmio.value(0x12345678);
            guest.run(KvmExit.Hlt.class);
            assertEquals(eax, guest.vcpu.x86().regs().rax());
        }
    }
}
