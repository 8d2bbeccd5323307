package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.KvmExit;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@RequiresKvm
class PortIoTest {
    /** {@code mov eax, 0xcafef00d; mov dx, 0x510}. */
    private static final String LOAD = "66 b8 0d f0 fe ca ba 10 05 ";

    @ParameterizedTest
    @CsvSource({"ee, 1, 0xd", "ef, 2, 0xf00d", "66 ef, 4, 0xcafef00d"})
    void writesOfEverySize(String out, int size, long value) {
        try (RealModeGuest guest = new RealModeGuest(LOAD + out + " f4")) {
            KvmExit.Io io = guest.run(KvmExit.Io.class);
            assertTrue(io.isOut());
            assertEquals(0x510, io.port());
            assertEquals(size, io.size());
            assertEquals(1, io.count());
            assertEquals(value, Integer.toUnsignedLong(io.value(0)));
            assertThrows(IndexOutOfBoundsException.class, () -> io.value(1));
            guest.run(KvmExit.Hlt.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"ec, 1, 0xcafef078", "ed, 2, 0xcafe5678", "66 ed, 4, 0x12345678"})
    void readsOfEverySize(String in, int size, long eax) {
        try (RealModeGuest guest = new RealModeGuest(LOAD + in + " f4")) {
            KvmExit.Io io = guest.run(KvmExit.Io.class);
            assertTrue(io.isIn());
            assertEquals(size, io.size());
            io.value(0, 0x12345678);
            guest.run(KvmExit.Hlt.class);
            assertEquals(eax, guest.vcpu.x86().regs().rax());
        }
    }

    /** {@code cld; mov si, 0x1100; mov cx, 6; mov dx, 0x3f8; rep outsb; hlt}. */
    @Test
    void stringOutput() {
        try (RealModeGuest guest = new RealModeGuest("fc be 00 11 b9 06 00 ba f8 03 f3 6e f4")) {
            guest.ram.write(0x1100, "string".getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            while (guest.vcpu.run() instanceof KvmExit.Io io) {
                io.copyTo(written);
            }
            assertEquals("string", written.toString(StandardCharsets.US_ASCII));
        }
    }

    /** {@code cld; mov di, 0x1100; mov cx, 5; mov dx, 0x3f8; rep insb; hlt}: KVM asks for all five at once. */
    @Test
    void stringInputHasACount() {
        try (RealModeGuest guest = new RealModeGuest("fc bf 00 11 b9 05 00 ba f8 03 f3 6c f4")) {
            KvmExit.Io io = guest.run(KvmExit.Io.class);
            assertEquals(5, io.count());
            byte[] answer = "abcde".getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < io.count(); i++) {
                io.value(i, answer[i]);
            }
            ByteArrayOutputStream copied = new ByteArrayOutputStream();
            io.copyTo(copied);
            assertArrayEquals(answer, copied.toByteArray());
            guest.run(KvmExit.Hlt.class);
            byte[] read = new byte[5];
            guest.ram.read(0x1100, read);
            assertArrayEquals(answer, read);
        }
    }
}
