package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.debug.GuestDebug;
import io.kvm4j.debug.SoftwareBreakpoint;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.x86_64.SyncReg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@RequiresKvm
@Timeout(300)
class LifetimeTest {
    static List<List<Integer>> orders() {
        List<List<Integer>> orders = new ArrayList<>();
        permute(new ArrayList<>(List.of(0, 1, 2, 3)), 0, orders);
        return orders;
    }

    private static void permute(List<Integer> order, int from, List<List<Integer>> orders) {
        if (from == order.size()) {
            orders.add(List.copyOf(order));
        }
        for (int i = from; i < order.size(); i++) {
            Collections.swap(order, from, i);
            permute(order, from + 1, orders);
            Collections.swap(order, from, i);
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void closesInAnyOrderAndTwice(List<Integer> order) {
        RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT);
        guest.run(KvmExit.Hlt.class);
        List<AutoCloseable> resources = List.of(guest.kvm, guest.vm, guest.ram, guest.vcpu);
        order.forEach(i -> close(resources.get(i)));
        order.forEach(i -> close(resources.get(i)));
        assertClosed(guest);
    }

    @Test
    void whatBelongsToAVcpuMayBeClosedAfterIt() {
        RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT);
        GuestDebug debug = new GuestDebug(guest.vcpu);
        SoftwareBreakpoint breakpoint = debug.softwareBreakpoint(RealModeGuest.START);
        SyncedRegisters synced = SyncedRegisters.of(guest.vcpu, SyncReg.KVM_SYNC_X86_REGS);
        guest.vcpu.close();
        synced.close();
        debug.close();
        guest.close();
        breakpoint.close();
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void assertClosed(RealModeGuest guest) {
        List<Callable<?>> accesses = List.of(
                () -> guest.kvm.checkExtension(Capability.KVM_CAP_USER_MEMORY),
                guest.kvm::createVm,
                guest.kvm::ioctls,
                guest.kvm::fd,
                () -> guest.vm.checkExtension(Capability.KVM_CAP_USER_MEMORY),
                () -> guest.vm.addMemory(0, 4096),
                () -> guest.vm.createVcpu(1),
                guest.vm::ioctls,
                guest.vm::fd,
                () -> guest.vm.memory().readByte(0),
                () -> guest.ram.readByte(0),
                guest.vcpu::run,
                guest.vcpu::ioctls,
                guest.vcpu::fd,
                () -> guest.vcpu.kvmRun().exitReason(),
                () -> guest.vcpu.x86().regs(),
                () -> guest.vcpu.x86().sregs(),
                () -> guest.vcpu.x86().cpuid());
        for (int i = 0; i < accesses.size(); i++) {
            Callable<?> access = accesses.get(i);
            assertThrows(IllegalStateException.class, access::call, "access " + i);
        }
        assertThrows(IllegalStateException.class, () -> guest.vcpu.immediateExit(true));
    }

    @Test
    void aVmOutlivesTheKvmThatMadeIt() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT)) {
            guest.kvm.close();
            guest.run(KvmExit.Hlt.class);
            try (Vcpu second = guest.vm.createVcpu(1)) {
                assertTrue(second.x86().cpuid().nent() > 0);
            }
        }
    }

    @Test
    void aVmClosesItsVcpusAndMemory() {
        RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT);
        guest.vm.close();
        assertThrows(IllegalStateException.class, guest.vcpu::run);
        assertThrows(IllegalStateException.class, () -> guest.ram.readByte(0));
        guest.kvm.close();
    }

    @Test
    void nothingLeaks() throws IOException {
        for (int i = 0; i < 10; i++) {
            new RealModeGuest(RealModeGuest.HLT).close();
        }
        long descriptors = OpenDescriptors.of("kvm");
        long mappings = mappings();
        for (int i = 0; i < 50; i++) {
            RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT);
            assertThrows(RuntimeException.class, () -> guest.vm.createVcpu(0));
            guest.close();
        }
        assertEquals(descriptors, OpenDescriptors.of("kvm"));
        assertTrue(mappings() < mappings + 25, mappings + " mappings became " + mappings());
    }

    private static long mappings() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.count();
        }
    }

    @Test
    void aSecondThreadIsRefusedWhileTheFirstRunsTheGuest() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.WAIT_FOR_FLAG)) {
            FutureTask<KvmExit> running = runElsewhere(guest);
            assertRefused(start(guest.vcpu::run));
            assertRefused(start(() -> guest.vcpu.x86().regs()));
            guest.ram.writeByte(RealModeGuest.FLAG, (byte) 1);
            assertTrue(running.get(30, TimeUnit.SECONDS) instanceof KvmExit.Hlt);
            assertTrue(guest.vcpu.x86().regs().rip() > RealModeGuest.START);
        }
    }

    private static void assertRefused(FutureTask<?> use) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> use.get(10, TimeUnit.SECONDS));
        assertEquals(
                "vCPU 0 is in use by thread \"vcpu\": it must return from run() first",
                e.getCause().getMessage());
    }

    @Test
    void closeRefusesToPullMemoryFromUnderARunningGuest() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.WAIT_FOR_FLAG)) {
            FutureTask<KvmExit> running = runElsewhere(guest);
            IllegalStateException vm = assertThrows(IllegalStateException.class, guest.vm::close);
            assertEquals("vCPU 0 is in use by thread \"vcpu\": it must return from run() first", vm.getMessage());
            assertThrows(IllegalStateException.class, guest.vcpu::close);
            guest.ram.writeByte(RealModeGuest.FLAG, (byte) 1);
            assertTrue(running.get(30, TimeUnit.SECONDS) instanceof KvmExit.Hlt);
            guest.vm.close();
            assertThrows(IllegalStateException.class, guest.vcpu::run);
        }
    }

    @Test
    void whatACloseHasToLeaveIsReleasedWhenTheGuestReturns() throws Exception {
        long descriptors = OpenDescriptors.of("kvm");
        RealModeGuest guest = new RealModeGuest(RealModeGuest.WAIT_FOR_FLAG);
        FutureTask<KvmExit> running = runElsewhere(guest);
        assertThrows(IllegalStateException.class, guest.vm::close);
        guest.ram.close();
        assertEquals(0, guest.ram.readByte(0), "memory of a guest that runs stays");
        guest.kvm.close();
        guest.ram.writeByte(RealModeGuest.FLAG, (byte) 1);
        running.get(30, TimeUnit.SECONDS);
        assertThrows(IllegalStateException.class, () -> guest.ram.readByte(0));
        assertTrue(guest.ram.isClosed());
        assertEquals(descriptors, OpenDescriptors.of("kvm"));
        guest.vm.close();
    }

    @Test
    void aVcpuClosedWithinItsOwnUseIsReleasedAtTheEndOfThat() throws Exception {
        long descriptors = OpenDescriptors.of("kvm");
        RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT);
        guest.vcpu.exclusively(() -> {
            guest.vm.close();
            guest.ram.readByte(0);
            return 0;
        });
        assertThrows(IllegalStateException.class, () -> guest.ram.readByte(0));
        guest.kvm.close();
        assertEquals(descriptors, OpenDescriptors.of("kvm"));
    }

    @Test
    void aPartThatCannotEndKeepsNothingElseOpen() throws IOException {
        long descriptors = OpenDescriptors.of("kvm");
        RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT);
        Error first = new InternalError("first");
        UnendingPart.begin(guest.vm, first);
        UnendingPart.begin(guest.vm, new IllegalStateException("second"));
        Throwable thrown = assertThrows(InternalError.class, guest.vm::close);
        assertSame(first, thrown);
        assertEquals("second", thrown.getSuppressed()[0].getMessage());
        assertThrows(IllegalStateException.class, () -> guest.ram.readByte(0));
        guest.vm.close();
        guest.kvm.close();
        assertEquals(descriptors, OpenDescriptors.of("kvm"));
    }

    private static final class UnendingPart extends VmPart {
        private final Throwable failure;

        private UnendingPart(Vm vm, Throwable failure) {
            super(vm);
            this.failure = failure;
        }

        static void begin(Vm vm, Throwable failure) {
            new UnendingPart(vm, failure).begin(_ -> {});
        }

        @Override
        protected void end(KvmVmIoctls ioctls) {
            throw Cleanup.after(failure).rethrow();
        }
    }

    /** Ten seconds of patience. */
    @SlowKvm
    @Test
    void aLoopThatDoesNotReturnKeepsNothingOpen() throws Exception {
        long descriptors = OpenDescriptors.of("kvm");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER);
        VcpuThread thread = guest.vcpu.start(cpu -> {
            while (cpu.run()) {
                inside.countDown();
                end.await();
            }
        });
        inside.await();
        assertThrows(IllegalStateException.class, guest.vm::close);
        guest.kvm.close();
        assertThrows(IllegalStateException.class, () -> guest.ram.readByte(0));
        assertEquals(descriptors, OpenDescriptors.of("kvm"));
        end.countDown();
        thread.join();
    }

    @Test
    void memoryCanBeTakenFromARunningGuest() throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.SPIN)) {
            FutureTask<KvmExit> running = runElsewhere(guest);
            guest.ram.close();
            try {
                KvmExit exit = running.get(30, TimeUnit.SECONDS);
                assertTrue(exit instanceof KvmExit.InternalFailure || exit instanceof KvmExit.Mmio, exit::toString);
            } catch (ExecutionException e) {
                assertTrue(e.getCause() instanceof io.kvm4j.uapi.ErrnoException, e::toString);
            }
        }
    }

    @Test
    void closeEndsAnExitLoop() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER);
            FutureTask<Long> loop = start(() -> exitsUntilClosed(guest.vcpu));
            Thread.sleep(random.nextInt(5));
            guest.vm.close();
            loop.get(30, TimeUnit.SECONDS);
            guest.kvm.close();
        }
    }

    private static long exitsUntilClosed(Vcpu vcpu) {
        long exits = 0;
        while (true) {
            try {
                vcpu.run();
                exits++;
            } catch (IllegalStateException closed) {
                return exits;
            }
        }
    }

    /** Runs the vCPU on a thread of its own, and returns once that thread can be taken to be in KVM_RUN. */
    private static FutureTask<KvmExit> runElsewhere(RealModeGuest guest) throws InterruptedException {
        CountDownLatch about = new CountDownLatch(1);
        FutureTask<KvmExit> running = start(() -> {
            about.countDown();
            return guest.vcpu.run();
        });
        about.await();
        Thread.sleep(100);
        return running;
    }

    private static <T> FutureTask<T> start(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().name("vcpu").daemon().start(future);
        return future;
    }
}
