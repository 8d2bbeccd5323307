package io.kvm4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.FaultVariant;
import io.kvm4j.Kvm;
import io.kvm4j.KvmUnavailableException;
import io.kvm4j.fault.UserfaultfdUnavailableException;
import io.kvm4j.uapi.ExitReason;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
    void userfaultfdPager() throws Exception {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (Kvm kvm = Kvm.open();
                PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8)) {
            UserfaultfdPager.run(kvm, out);
        } catch (UserfaultfdUnavailableException e) {
            assumeTrue(false, e.getMessage());
        }
        String said = written.toString(StandardCharsets.UTF_8);
        for (int page = 8; page < 16; page++) {
            assertTrue(said.contains("the guest read " + page + "\n"), said);
        }
        assertTrue(said.contains("8 pages came by userfaultfd: "), said);
    }

    @Test
    void memoryFaultLoop() {
        try (Kvm kvm = Kvm.open()) {
            if (kvm.supports(FaultVariant.MEMORY_FAULT_NOWAIT_V2)) {
                StringBuilder expected = new StringBuilder();
                for (int page = 8; page < 16; page++) {
                    expected.append("no page at 0x%x\nthe guest read %d\n".formatted(page << 12, page));
                }
                assertEquals(expected.toString(), outputOf(MemoryFaultLoop::run));
            } else {
                KvmUnavailableException e = assertThrows(
                        KvmUnavailableException.class,
                        () -> MemoryFaultLoop.run(kvm, new PrintStream(new ByteArrayOutputStream())));
                assertTrue(
                        e.getMessage().startsWith("this kernel's KVM lacks KVM_CAP_MEMORY_FAULT_NOWAIT"),
                        e::getMessage);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void dirtyLog(DirtyLog.Way way) throws InterruptedException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (Kvm kvm = Kvm.open();
                PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8)) {
            DirtyLog.run(kvm, way, out);
        } catch (UnsupportedOperationException e) {
            assumeTrue(false, e.getMessage());
        }
        String said = written.toString(StandardCharsets.UTF_8);
        assertTrue(said.startsWith("Round 1: all 144 pages sent.\nRound 2: "), said);
        assertTrue(
                said.matches("(?s).*Round \\d+: [0-4] pages sent\\.\nThe guest stands: \\d+ pages sent\\.\n.*"), said);
        assertTrue(said.endsWith("The copy equals the guest's memory, all 144 pages of it.\n"), said);
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
