package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmExit;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class VcpuThreadTest {
    /** {@code again: out 0x10, al; in al, 0x11; mov [0x2000], al; inc word [0x2002]; jmp again}. */
    private static final String IN_FOREVER = "e4 11 a2 00 20 ff 06 02 20 eb f5";

    private static void untilStopped(VcpuThread cpu) {
        while (cpu.run()) {
            throw new UnhandledExitException(cpu.exit());
        }
    }

    @RequiresKvm
    @Test
    void aLoopHandlesExitsUntilItReturns() throws Exception {
        AtomicInteger exits = new AtomicInteger();
        try (RealModeGuest guest = new RealModeGuest("e6 10 e6 10 f4")) {
            VcpuThread thread = guest.vcpu.start(cpu -> {
                while (cpu.run()) {
                    switch (cpu.exit()) {
                        case KvmExit.Io io when io.isOut() -> exits.incrementAndGet();
                        case KvmExit.Hlt _ -> {
                            return;
                        }
                        case KvmExit other -> throw new UnhandledExitException(other);
                    }
                }
            });
            thread.join();
            assertTrue(thread.hasEnded());
            assertFalse(thread.isStopped());
            assertEquals(2, exits.get());
            assertEquals(RealModeGuest.START + 5, guest.vcpu.x86().regs().rip());
        }
    }

    @RequiresKvm
    @Test
    void stopReachesASpinnerAtCpl3() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            VcpuThread thread = vcpu.start(VcpuThreadTest::untilStopped);
            awaitProgress(guest, vcpu);
            assertEquals(3, stop(thread).x86().sregs().cs().dpl());
        }
    }

    private static Vcpu stop(VcpuThread thread) throws InterruptedException {
        thread.stop();
        thread.stop();
        thread.join();
        assertFalse(thread.thread().isAlive());
        return thread.vcpu();
    }

    private static void awaitProgress(UserModeGuest guest, Vcpu vcpu) throws InterruptedException {
        long before = guest.count(vcpu);
        while (guest.count(vcpu) == before) {
            Thread.sleep(0, 50_000);
        }
    }

    @RequiresKvm
    @Test
    void stopReachesASleeperInHlt() throws Exception {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            VcpuThread thread = sleeper(vm, 0).start(VcpuThreadTest::untilStopped);
            ThreadsOfKernel.awaitSleepInRun(thread);
            stop(thread);
        }
    }

    /** The first vCPU of a VM that sleeps in HLT inside KVM_RUN, without any way to be woken by an interrupt. */
    private static Vcpu sleeper(Vm vm, int id) {
        if (id == 0) {
            vm.x86().createIrqchip();
            vm.addMemory(0, 0x10000).writeByte(0x1000, (byte) 0xf4);
        }
        Vcpu vcpu = vm.createVcpu(id);
        vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
        vcpu.x86().setRegs(r -> r.rip(0x1000).rflags(2));
        return vcpu;
    }

    @RequiresKvm
    @Test
    void stopReachesAProcessorThatWaitsToBeStarted() throws Exception {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            sleeper(vm, 0);
            VcpuThread second = sleeper(vm, 1).start(VcpuThreadTest::untilStopped);
            ThreadsOfKernel.awaitSleepInRun(second);
            stop(second);
        }
    }

    @RequiresKvm
    @Test
    void aSleeperInHltIsPausedAndKicked() throws Exception {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            AtomicInteger kicks = new AtomicInteger();
            VcpuThread thread = sleeper(vm, 0).start(cpu -> countKicks(cpu, kicks));
            ThreadsOfKernel.awaitSleepInRun(thread);
            assertTrue(thread.pause());
            thread.resume();
            ThreadsOfKernel.awaitSleepInRun(thread);
            thread.kick();
            while (kicks.get() == 0) {
                Thread.onSpinWait();
            }
            assertEquals(1, kicks.get());
        }
    }

    private static void countKicks(VcpuThread cpu, AtomicInteger kicks) {
        while (cpu.run()) {
            if (!(cpu.exit() instanceof KvmExit.Intr)) {
                throw new UnhandledExitException(cpu.exit());
            }
            kicks.incrementAndGet();
        }
    }

    @RequiresKvm
    @Test
    void aPausedGuestStandsAndAResumedOneRuns() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            VcpuThread thread = vcpu.start(VcpuThreadTest::untilStopped);
            pauseOften(thread, guest, 30);
        }
    }

    @SlowKvm
    @Test
    void aGuestIsPausedAndResumedAThousandTimes() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            pauseOften(vcpu.start(VcpuThreadTest::untilStopped), guest, 1_000);
        }
    }

    private static void pauseOften(VcpuThread thread, UserModeGuest guest, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            awaitProgress(guest, thread.vcpu());
            assertTrue(thread.pause());
            assertTrue(thread.isPaused());
            long count = guest.count(thread.vcpu());
            assertTrue(thread.vcpu().x86().regs().rip() >= 0x10000);
            assertEquals(count, guest.count(thread.vcpu()));
            thread.resume();
        }
        awaitProgress(guest, thread.vcpu());
    }

    @RequiresKvm
    @Test
    void aThreadPausedBeforeItsStartRunsNothing() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            VcpuThread thread = vcpu.thread(VcpuThreadTest::untilStopped);
            assertTrue(thread.pause());
            thread.start();
            assertTrue(thread.pause());
            while (!thread.isPaused()) {
                Thread.onSpinWait();
            }
            assertEquals(0, guest.count(vcpu));
            thread.resume();
            awaitProgress(guest, vcpu);
        }
    }

    /** The guest stores each input and counts it: an input that was read by the loop but not yet stored is half done. */
    @RequiresKvm
    @Test
    void aPauseLeavesNoExitHalfDone() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(IN_FOREVER)) {
            AtomicInteger inputs = new AtomicInteger();
            VcpuThread thread = guest.vcpu.start(cpu -> {
                while (cpu.run()) {
                    switch (cpu.exit()) {
                        case KvmExit.Io io when !io.isOut() -> io.value(0, inputs.incrementAndGet() & 0xff);
                        case KvmExit other -> throw new UnhandledExitException(other);
                    }
                }
            });
            for (int i = 0; i < 50; i++) {
                Thread.sleep(0, 300_000);
                assertTrue(thread.pause());
                assertEquals(inputs.get() & 0xff, guest.vcpu.x86().regs().rax() & 0xff);
                thread.resume();
            }
        }
    }

    @RequiresKvm
    @Test
    void stoppedBeforeItsStartAThreadEndsWithoutItsLoop() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.SPIN)) {
            VcpuThread thread = guest.vcpu.thread(cpu -> {
                throw new AssertionError("the loop ran");
            });
            thread.stop();
            thread.start();
            thread.join();
            assertThrows(IllegalStateException.class, thread::start);
        }
    }

    @RequiresKvm
    @Test
    void closedBeforeItsStartAThreadMakesRoomForAnother() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.SPIN)) {
            VcpuThread thread = guest.vcpu.thread(VcpuThreadTest::untilStopped);
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> guest.vcpu.thread(VcpuThreadTest::untilStopped));
            assertEquals("vCPU 0 has a thread already: close that first", e.getMessage());
            thread.close();
            thread.join();
            e = assertThrows(IllegalStateException.class, thread::start);
            assertEquals("the thread of vCPU 0 was started or closed before", e.getMessage());
            guest.vcpu.start(VcpuThreadTest::untilStopped).close();
            guest.vcpu.start(VcpuThreadTest::untilStopped).close();
        }
    }

    @RequiresKvm
    @Test
    void aLoopMayStopAndPauseItself() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            AtomicInteger exits = new AtomicInteger();
            VcpuThread thread = guest.vcpu.start(cpu -> {
                while (cpu.run()) {
                    if (exits.incrementAndGet() == 10) {
                        cpu.pause();
                    }
                    if (exits.get() == 20) {
                        cpu.close();
                        cpu.stop();
                    }
                }
            });
            while (!thread.isPaused()) {
                Thread.onSpinWait();
            }
            assertEquals(10, exits.get());
            thread.resume();
            thread.join();
            assertEquals(20, exits.get());
            guest.run(KvmExit.Io.class);
        }
    }

    @RequiresKvm
    @Test
    void aLoopMayCloseItsVm() throws Exception {
        RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER);
        VcpuThread thread = guest.vcpu.start(cpu -> {
            while (cpu.run()) {
                guest.vm.close();
            }
        });
        thread.join();
        assertThrows(IllegalStateException.class, guest.vcpu::run);
        guest.close();
    }

    @RequiresKvm
    @Test
    void onlyTheLoopRunsTheVcpu() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.SPIN)) {
            VcpuThread thread = guest.vcpu.thread(VcpuThread::join);
            IllegalStateException e = assertThrows(IllegalStateException.class, thread::run);
            assertTrue(e.getMessage().startsWith("only the loop of the thread of vCPU 0 may run it"), e::getMessage);
            assertThrows(IllegalStateException.class, thread::exit);
            thread.start();
            VcpuLoopException failure = assertThrows(VcpuLoopException.class, thread::join);
            assertEquals(
                    "the thread of vCPU 0 cannot wait for its own end",
                    failure.getCause().getMessage());
        }
    }

    @RequiresKvm
    @Test
    void whatALoopThrowsStopsTheVmAndReachesTheOwner() throws Exception {
        Exception thrown = new IOException("no disk");
        try (UserModeGuest guest = new UserModeGuest()) {
            VcpuThread spinner = guest.vcpu(0, UserModeGuest.COUNT).start(VcpuThreadTest::untilStopped);
            VcpuThread paused = guest.vcpu(1, UserModeGuest.COUNT).thread(VcpuThreadTest::untilStopped);
            paused.pause();
            paused.start();
            VcpuThread late = guest.vcpu(2, UserModeGuest.COUNT).thread(VcpuThreadTest::untilStopped);
            VcpuThread failing = guest.vcpu(3, UserModeGuest.COUNT).start(cpu -> {
                throw thrown;
            });
            VcpuLoopException e = assertThrows(VcpuLoopException.class, failing::join);
            assertSame(thrown, e.getCause());
            assertEquals(3, e.vcpu());
            assertEquals("the loop of vCPU 3 failed: java.io.IOException: no disk", e.getMessage());
            spinner.join();
            paused.join();
            assertSame(e, assertThrows(VcpuLoopException.class, late::start));
            late.close();
            assertSame(e, assertThrows(VcpuLoopException.class, guest.vm.threads()::join));
        }
    }

    @RequiresKvm
    @Test
    void anExceptionThatNobodyAskedForComesOutOfClose() throws Exception {
        RealModeGuest guest = new RealModeGuest(RealModeGuest.SPIN);
        VcpuThread thread = guest.vcpu.start(cpu -> {
            throw new StackOverflowError("deep");
        });
        while (!thread.hasEnded()) {
            Thread.onSpinWait();
        }
        VcpuLoopException e = assertThrows(VcpuLoopException.class, guest.vm::close);
        assertTrue(e.getCause() instanceof StackOverflowError);
        assertThrows(IllegalStateException.class, guest.vm::fd);
        guest.close();
    }

    @RequiresKvm
    @Test
    void laterExceptionsAreSuppressedInTheFirst() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            CountDownLatch both = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                guest.vcpu(i, UserModeGuest.COUNT).start(cpu -> {
                    both.countDown();
                    both.await();
                    throw new IOException();
                });
            }
            VcpuLoopException e = assertThrows(VcpuLoopException.class, guest.vm.threads()::join);
            assertEquals(1, e.getSuppressed().length);
        }
    }

    @RequiresKvm
    @Test
    void closingAVmStopsItsThreadsThoughTheirGuestsNeverExit() throws Exception {
        List<VcpuThread> threads = new ArrayList<>();
        try (UserModeGuest guest = new UserModeGuest()) {
            for (int i = 0; i < 4; i++) {
                threads.add(guest.vcpu(i, UserModeGuest.COUNT).start(VcpuThreadTest::untilStopped));
            }
            guest.vm.threads().pauseAndWait();
            assertTrue(threads.stream().allMatch(VcpuThread::isPaused));
            guest.vm.threads().resume();
            Thread.currentThread().interrupt();
        }
        assertTrue(Thread.interrupted(), "an interrupt outlives the close");
        assertFalse(threads.stream().anyMatch(t -> t.thread().isAlive()));
    }

    @RequiresKvm
    @Test
    void closingAVcpuStopsItsThread() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            VcpuThread thread = vcpu.start(VcpuThreadTest::untilStopped);
            awaitProgress(guest, vcpu);
            vcpu.close();
            assertTrue(thread.hasEnded());
            assertThrows(IllegalStateException.class, () -> vcpu.start(VcpuThreadTest::untilStopped));
        }
    }

    @RequiresKvm
    @Test
    void aWaitThatIsInterruptedLeavesTheThreadAlone() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            VcpuThread thread = vcpu.start(VcpuThreadTest::untilStopped);
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, thread::join);
            awaitProgress(guest, vcpu);
            thread.thread().interrupt();
            awaitProgress(guest, vcpu);
            assertTrue(thread.pause());
        }
    }

    @RequiresKvm
    @Test
    void whatALoopWaitsForCanBeInterruptedAfterAStop() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            CountDownLatch waiting = new CountDownLatch(1);
            VcpuThread thread = guest.vcpu.start(cpu -> {
                while (cpu.run()) {
                    waiting.countDown();
                    new CountDownLatch(1).await();
                }
            });
            waiting.await();
            thread.stop();
            thread.thread().interrupt();
            thread.join();
        }
    }

    @RequiresKvm
    @Test
    void aKickShowsOnceHoweverManyCame() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            AtomicInteger kicks = new AtomicInteger();
            VcpuThread thread = vcpu.thread(cpu -> countKicks(cpu, kicks));
            thread.pause();
            thread.start();
            thread.kick();
            thread.kick();
            thread.resume();
            awaitProgress(guest, vcpu);
            assertEquals(1, kicks.get());
            for (int i = 2; i < 50; i++) {
                thread.kick();
                while (kicks.get() < i) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    /** Sixteen threads at once, on a guest that spins, one that exits all the time and one that sleeps. */
    @RequiresKvm
    @Test
    void stopsAndPausesFromManyThreads() throws Exception {
        for (String code : List.of(RealModeGuest.SPIN, RealModeGuest.OUT_FOREVER)) {
            try (RealModeGuest guest = new RealModeGuest(code)) {
                VcpuThread thread = guest.vcpu.start(cpu -> {
                    while (cpu.run()) {
                        Thread.onSpinWait();
                    }
                });
                storm(16, i -> {
                    for (int n = 0; n < 20; n++) {
                        switch ((i + n) % 4) {
                            case 0 -> thread.pause();
                            case 1 -> thread.kick();
                            case 2 -> thread.resume();
                            default -> thread.isPaused();
                        }
                        thread.resume();
                    }
                    thread.stop();
                    thread.join();
                    thread.close();
                });
                assertTrue(thread.hasEnded());
            }
        }
    }

    private interface Storm {
        void blow(int thread) throws Exception;
    }

    private static void storm(int threads, Storm storm) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch ready = new CountDownLatch(threads);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            all.add(Thread.ofPlatform().daemon().start(() -> {
                try {
                    ready.countDown();
                    ready.await();
                    storm.blow(number);
                } catch (Throwable t) {
                    failure.set(t);
                }
            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    /** In a JVM of its own, since a pending kick may end the JVM when its thread ends. */
    @SlowKvm
    @Test
    void noKickOutlivesItsThread() throws Exception {
        assertEquals("alive\n", output(KicksAtTheEnd.class));
    }

    /** In a JVM of its own, of which all signals go unqueued. */
    @RequiresKvm
    @Test
    void noRoomInTheQueueOfSignalsKeepsNoGuestRunning() throws Exception {
        assertEquals("stopped\n", output(StopsWithoutQueue.class));
    }

    private static String output(Class<?> program) throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        pathOf(program) + ":" + pathOf(Vcpu.class) + ":" + pathOf(KvmExit.class),
                        program.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    @RequiresKvm
    @Test
    void aStartThatFailsLeavesNothingToWaitForAndMayBeRepeated() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu second = guest.vcpu(1, UserModeGuest.COUNT);
            VcpuThread unstarted = guest.vcpu(2, UserModeGuest.COUNT).thread(VcpuThreadTest::untilStopped);
            VcpuThread failing = guest.vcpu(0, UserModeGuest.COUNT).start(cpu -> {
                throw new IOException("no disk");
            });
            VcpuLoopException e = assertThrows(VcpuLoopException.class, failing::join);
            for (int i = 0; i < 2; i++) {
                assertSame(e, assertThrows(VcpuLoopException.class, () -> second.start(VcpuThreadTest::untilStopped)));
                assertSame(e, assertThrows(VcpuLoopException.class, guest.vm.threads()::join));
            }
            VcpuThread late = second.thread(VcpuThreadTest::untilStopped);
            assertSame(e, assertThrows(VcpuLoopException.class, late::start));
            assertSame(e, assertThrows(VcpuLoopException.class, late::start));
            assertSame(e, assertThrows(VcpuLoopException.class, guest.vm.threads()::join));
            late.join();
            assertTrue(late.hasEnded());
            second.thread(VcpuThreadTest::untilStopped).close();
            unstarted.close();
        }
    }

    @RequiresKvm
    @Test
    void aThreadWhoseStartFailedStartsNoMoreOnceTheVcpuHasAnother() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            VcpuThread first = vcpu.thread(VcpuThreadTest::untilStopped);
            VcpuThread failing = guest.vcpu(1, UserModeGuest.COUNT).start(cpu -> {
                throw new IOException("no disk");
            });
            assertThrows(VcpuLoopException.class, failing::join);
            assertThrows(VcpuLoopException.class, first::start);
            VcpuThread other = vcpu.thread(VcpuThreadTest::untilStopped);
            assertThrows(VcpuLoopException.class, first::start);
            first.close();
            assertFalse(other.hasEnded());
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> vcpu.thread(VcpuThreadTest::untilStopped));
            assertEquals("vCPU 0 has a thread already: close that first", e.getMessage());
        }
    }

    private static String pathOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    @RequiresKvm
    @Test
    void theVcpuIsAsItWasOnceItsThreadHasEnded() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            guest.vcpu.start(cpu -> {}).join();
            guest.vcpu.start(cpu -> cpu.stop()).join();
            assertEquals(0, guest.vcpu.kvmRun().immediateExit());
            guest.run(KvmExit.Io.class);
        }
    }

    @RequiresKvm
    @Test
    void nothingIsLeftOfManyThreads() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            vcpu.start(VcpuThreadTest::untilStopped).close();
            long descriptors = ThreadsOfKernel.descriptors();
            for (int i = 0; i < 50; i++) {
                AtomicInteger kicks = new AtomicInteger();
                try (VcpuThread thread = vcpu.start(cpu -> countKicks(cpu, kicks))) {
                    thread.kick();
                }
            }
            ThreadsOfKernel.awaitNoVcpuTask();
            assertEquals(descriptors, ThreadsOfKernel.descriptors());
            assertTrue(guest.vm.checkExtension(Capability.KVM_CAP_IMMEDIATE_EXIT) > 0);
        }
    }
}
