package io.kvm4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.Kvm;
import io.kvm4j.uapi.ExitReason;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

@RequiresKvm
class GuestsTest {
    @Test
    void hello() {
        assertEquals("""
                Hello, kvm4j, from a guest in real mode
                Port 0x510 got 1 byte(s): 0xd
                Port 0x510 got 2 byte(s): 0xf00d
                Port 0x510 got 4 byte(s): 0xcafef00d
                The guest halted.
                """, outputOf(Hello::run));
    }

    @Test
    void longMode() {
        assertEquals("The guest found 78498 primes below 1000000.\n", outputOf(LongMode::run));
    }

    @Test
    void everyExit() {
        assertEquals("""
                in from port 0x10: 0x42
                out to port 0x11: 0x42
                load from 0xa0000: 0x43
                store to 0xa0001: 0x43
                the guest stopped: KVM_EXIT_HLT
                """, outputOf(EveryExit::run));
    }

    @Test
    void exitsAreCountedByReason() {
        try (Kvm kvm = Kvm.open()) {
            ExitCounts counts =
                    Hello.run(kvm, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
            counts.add(LongMode.run(kvm, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)));
            assertEquals(
                    Map.of(ExitReason.KVM_EXIT_IO, 44, ExitReason.KVM_EXIT_HLT, 1, ExitReason.KVM_EXIT_MMIO, 3),
                    counts.byReason());
        }
    }

    private static String outputOf(BiConsumer<Kvm, PrintStream> guest) {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (Kvm kvm = Kvm.open();
                PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8)) {
            guest.accept(kvm, out);
        }
        return written.toString(StandardCharsets.UTF_8);
    }
}
