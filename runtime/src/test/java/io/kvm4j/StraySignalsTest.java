package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.interrupts.Msi;
import io.kvm4j.uapi.KvmExit;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run ends only when the guest exits, or when someone asked for it. */
@RequiresKvm
@Timeout(300)
class StraySignalsTest {
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final int SIGNALS = 200;
    private static final int COMPLETIONS = 5_000;

    /** The messages by which a processor resets the one with APIC 1, and then starts it at {@link RealModeGuest#START}. */
    private static final Msi INIT = Msi.of(0xfee01000L, 0x500);

    private static final Msi STARTUP = Msi.of(0xfee01000L, 0x600 | RealModeGuest.START >>> 12);

    /** {@code out 0x11, al}, and again. */
    private static final String OUT_11_FOREVER = "e6 11 eb fc";

    /** {@code in al, 0x12; out 0x10, al; jmp}: KVM completes the input at the next run. */
    private static final String ECHO = "e4 12 e6 10 eb fa";

    @Test
    void aSignalThatWasNotSentToEndTheRunDoesNotEndIt() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.WAIT_FOR_FLAG);
                SignalStorm storm = SignalStorm.overCurrentThread(MILLISECOND)) {
            CompletableFuture<Void> flag = CompletableFuture.runAsync(() -> setFlagAfterSignals(guest, storm));
            guest.run(KvmExit.Hlt.class);
            flag.get(10, TimeUnit.SECONDS);
        }
    }

    private static void setFlagAfterSignals(RealModeGuest guest, SignalStorm storm) {
        try {
            storm.await(SIGNALS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        guest.ram.writeByte(RealModeGuest.FLAG, (byte) 1);
    }

    @Test
    void immediateExitAndASignalEndTheRun() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.SPIN);
                SignalStorm storm = SignalStorm.overCurrentThread(MILLISECOND)) {
            CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> askAfterSignals(guest, storm));
            guest.run(KvmExit.Intr.class);
            asked.get(10, TimeUnit.SECONDS);
            guest.run(KvmExit.Intr.class);
        }
    }

    private static void askAfterSignals(RealModeGuest guest, SignalStorm storm) {
        try {
            storm.await(SIGNALS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        guest.vcpu.immediateExit(true);
    }

    @Test
    void completingAnExitDoesNotRunTheGuest() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(ECHO);
                SignalStorm storm = SignalStorm.overCurrentThread(MILLISECOND)) {
            storm.await(1);
            for (int i = 0; i < SIGNALS; i++) {
                KvmExit.Io in = guest.run(KvmExit.Io.class);
                assertTrue(in.isIn());
                in.value(0, i & 0xff);
                assertInstanceOf(KvmExit.Intr.class, guest.vcpu.completeExit());
                assertEquals(RealModeGuest.START + 2, guest.vcpu.x86().regs().rip());
                KvmExit.Io out = guest.run(KvmExit.Io.class);
                assertTrue(out.isOut());
                assertEquals(i & 0xff, out.value(0));
            }
        }
    }

    @Test
    void completingAnExitDoesNotRunTheGuestWhileOthersTakeTheirInterruptionsBack() {
        AtomicBoolean over = new AtomicBoolean();
        try (RealModeGuest guest = new RealModeGuest(ECHO)) {
            CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
                while (!over.get()) {
                    guest.vcpu.immediateExit(false);
                }
            });
            try {
                for (int i = 0; i < COMPLETIONS; i++) {
                    guest.run(KvmExit.Io.class).value(0, 1);
                    assertInstanceOf(KvmExit.Intr.class, guest.vcpu.completeExit());
                    guest.run(KvmExit.Io.class);
                }
            } finally {
                over.set(true);
                others.join();
            }
        }
    }

    @Test
    void aProcessorThatAnotherOneStartsRunsOn() throws Exception {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, RealModeGuest.MEMORY_SIZE)) {
            ram.write(RealModeGuest.START, HexFormat.ofDelimiter(" ").parseHex(OUT_11_FOREVER));
            vm.x86().createIrqchip();
            Vcpu _ = vm.createVcpu(0);
            Vcpu started = vm.createVcpu(1);
            assumeTrue(INIT.signal(vm), "this KVM delivers no INIT by a message");
            CompletableFuture<KvmExit> exit = CompletableFuture.supplyAsync(() -> runAmongSignals(started));
            for (int i = 0; i < 10_000 && !exit.isDone(); i++) {
                STARTUP.signal(vm);
                Thread.sleep(1);
            }
            started.immediateExit(true);
            assertInstanceOf(KvmExit.Io.class, exit.get());
        }
    }

    private static KvmExit runAmongSignals(Vcpu vcpu) {
        try (SignalStorm _ = SignalStorm.overCurrentThread(MILLISECOND)) {
            return vcpu.run();
        }
    }

    @Test
    void theCpuTimeSamplerOfTheJdkDoesNotEndTheRunLoop() throws Exception {
        assumeTrue(
                ModuleLayer.boot().findModule("jdk.jfr").isPresent(),
                "this Java runtime has no Flight Recorder (jdk.jfr)");
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:StartFlightRecording:jdk.CPUTimeSample#enabled=true,jdk.CPUTimeSample#throttle=500/s",
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        pathOf(ComputingGuest.class) + ":" + pathOf(Vcpu.class) + ":" + pathOf(KvmExit.class),
                        ComputingGuest.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("computed"), output);
    }

    private static String pathOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
