package io.kvm4j.fault;

import static io.kvm4j.fault.HostMemory.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.FaultVariant;
import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.pages.PageSource;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmExit;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real guests, in real mode, whose memory at 0x8000 comes when they touch it. */
@RequiresKvm
@RequiresUserfaultfd
@Timeout(300)
class GuestFaultsTest {
    private static final int CODE = 0x1000;
    private static final int FIRST = 0x8000;
    private static final int PAGES = 8;

    /** {@code mov si, 0x8000; again: mov al, [si]; out 0x10, al; add si, 0x1000; jnc again; hlt}. */
    private static final String READ_ALL = "be 00 80 8a 04 e6 10 81 c6 00 10 73 f6 f4";

    /** {@code mov byte [0x9234], 0x77; mov al, [0x9234]; out 0x10, al; mov al, [0x9235]; out 0x10, al; hlt}. */
    private static final String WRITE = "c6 06 34 92 77 a0 34 92 e6 10 a0 35 92 e6 10 f4";

    /** {@code mov [0xa000], al; hlt} after {@code mov ax, 0x1000; mov ds, ax}: behind the memory. */
    private static final String STORE_OUTSIDE = "b8 00 10 8e d8 a2 00 a0 f4";

    private final Pattern pattern = new Pattern();
    private final RecordingGuest guest = new RecordingGuest();

    private static Vcpu vcpu(Vm vm, String code) {
        vm.addMemory(0, CODE + PAGE).write(CODE, HexFormat.ofDelimiter(" ").parseHex(code));
        Vcpu vcpu = vm.createVcpu(0);
        vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
        vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
        return vcpu;
    }

    /** Runs the guest to its end. Returns what it wrote to the port, and how many of its exits the pager handled. */
    private static List<Integer> run(Vcpu vcpu, DemandPager pager, int[] handled) {
        List<Integer> written = new ArrayList<>();
        while (true) {
            KvmExit exit = vcpu.run();
            if (pager.handler().handle(exit)) {
                handled[0]++;
                continue;
            }
            switch (exit) {
                case KvmExit.Io io -> written.add(io.value(0) & 0xff);
                case KvmExit.Hlt _ -> {
                    return written;
                }
                case KvmExit other -> throw new AssertionError(other.toString());
            }
        }
    }

    private static List<Integer> firstBytes() {
        List<Integer> bytes = new ArrayList<>();
        for (int page = 0; page < PAGES; page++) {
            bytes.add(Pattern.byteAt(FIRST + (long) page * PAGE) & 0xff);
        }
        return bytes;
    }

    @Test
    void byUserfaultfd() throws Exception {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                DemandPager pager = DemandPager.builder(pattern)
                        .guest(guest)
                        .region(PagedRegion.of(slot))
                        .start()) {
            int[] handled = new int[1];
            assertEquals(firstBytes(), run(vcpu(vm, READ_ALL), pager, handled));
            assertEquals(0, handled[0]);
            assertEquals(PAGES, pager.figures().total().pages());
            assertTrue(pager.strategy().describe().startsWith("userfaultfd: "));
        }
        assertEquals(0, guest.stops.get(), "the guest was stopped though all its pages had come");
    }

    @Test
    void byWhateverExitsTheKernelHas() {
        try (Kvm kvm = Kvm.open()) {
            FaultStrategy best = FaultStrategy.best(kvm);
            assumeTrue(
                    best instanceof FaultStrategy.MemoryFaultExits,
                    () -> "this kernel has no exits for absent pages: " + FaultStrategy.probe(kvm));
            FaultVariant variant = ((FaultStrategy.MemoryFaultExits) best).variant();
            for (String code : List.of(READ_ALL, WRITE)) {
                int[] handled = new int[1];
                List<Integer> written = runByExits(kvm, variant, code, handled);
                boolean reads = code.equals(READ_ALL);
                assertEquals(reads ? firstBytes() : List.of(0x77, Pattern.byteAt(0x9235) & 0xff), written);
                assertTrue(handled[0] >= (reads ? PAGES : 1), "exits for faults: " + handled[0]);
            }
        }
    }

    @Test
    void aSlotThatIsAddedReportsByExitsAsWell() {
        try (Kvm kvm = Kvm.open()) {
            FaultStrategy best = FaultStrategy.best(kvm);
            assumeTrue(best instanceof FaultStrategy.MemoryFaultExits, "this kernel has no exits for absent pages");
            FaultVariant variant = ((FaultStrategy.MemoryFaultExits) best).variant();
            try (Vm vm = kvm.createVm(0, variant);
                    MemorySlot slot = vm.addMemory(FIRST, PAGES / 2L * PAGE);
                    DemandPager pager = DemandPager.builder(pattern)
                            .guest(guest)
                            .slots(slot)
                            .start();
                    MemorySlot more = vm.addMemory(FIRST + PAGES / 2L * PAGE, PAGES / 2L * PAGE)) {
                pager.add(more);
                int[] handled = new int[1];
                assertEquals(firstBytes(), run(vcpu(vm, READ_ALL), pager, handled));
                assertTrue(handled[0] >= PAGES, "exits for faults: " + handled[0]);
                assertEquals(PAGES, pager.figures().total().pages());
                pager.retire(more.gpa());
            }
        }
    }

    /** 15: a vCPU that faults by exits waits for its page itself, and the listener may bring the next source. */
    @Test
    void p15_exitsGoOnWithTheNextSource() throws Exception {
        try (Kvm kvm = Kvm.open()) {
            FaultStrategy best = FaultStrategy.best(kvm);
            assumeTrue(best instanceof FaultStrategy.MemoryFaultExits, "this kernel has no exits for absent pages");
            AtomicReference<DemandPager> pagerOfListener = new AtomicReference<>();
            PagerListener resumes = new PagerListener() {
                @Override
                public void sourceLost(PageSourceException cause) {
                    pagerOfListener.get().resume(pattern);
                }
            };
            List<Integer> written = Collections.synchronizedList(new ArrayList<>());
            try (Vm vm = kvm.createVm(0, ((FaultStrategy.MemoryFaultExits) best).variant());
                    MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                    DemandPager pager = DemandPager.builder(this::readThreePages)
                            .guest(vm.threads())
                            .listener(resumes)
                            .slots(slot)
                            .start()) {
                pagerOfListener.set(pager);
                VcpuThread thread = vcpu(vm, READ_ALL).start(cpu -> runInThread(cpu, pager, written));
                join(thread);
                assertEquals(firstBytes(), written);
            }
        }
    }

    private List<Integer> runByExits(Kvm kvm, FaultVariant variant, String code, int[] handled) {
        try (Vm vm = kvm.createVm(0, variant);
                MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                DemandPager pager =
                        DemandPager.builder(pattern).guest(guest).slots(slot).start()) {
            return run(vcpu(vm, code), pager, handled);
        }
    }

    /** 13: a page that cannot be made writable fails with its address, and does not fault for ever. */
    @Test
    void p13_aPageThatCannotBeWrittenFailsWithItsAddress() {
        try (Kvm kvm = Kvm.open()) {
            FaultStrategy best = FaultStrategy.best(kvm);
            assumeTrue(best instanceof FaultStrategy.MemoryFaultExits, "this kernel has no exits for absent pages");
            FaultVariant variant = ((FaultStrategy.MemoryFaultExits) best).variant();
            try (Vm vm = kvm.createVm(0, variant);
                    MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                    DemandPager pager = DemandPager.builder(pattern)
                            .guest(guest)
                            .slots(slot)
                            .start()) {
                HostMemory.makeReadOnly(slot.segment());
                Vcpu vcpu = vcpu(vm, WRITE);
                ErrnoException e = assertThrows(ErrnoException.class, () -> run(vcpu, pager, new int[1]));
                assertTrue(e.getMessage().contains("the page at gpa 0x9000"), e.getMessage());
                assertEquals(1, guest.stops.get());
            }
        }
    }

    /** 22: an MMIO exit inside memory means that an emulated access is lost. */
    @Test
    void p22_anMmioExitInsideMemoryStopsTheGuest() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                DemandPager pager = DemandPager.builder(pattern)
                        .guest(guest)
                        .region(PagedRegion.of(slot))
                        .start()) {
            HostMemory.makeInaccessible(slot.segment());
            Vcpu vcpu = vcpu(vm, WRITE);
            KvmExit.Mmio mmio = assertInstanceOf(KvmExit.Mmio.class, runOrSkip(vcpu));
            PagingException e =
                    assertThrows(PagingException.class, () -> pager.handler().handle(mmio));
            assertEquals(
                    "an MMIO exit at gpa 0x9234, where the guest has memory: KVM emulated an access to an absent page",
                    e.getMessage());
            assertEquals(DemandPager.State.FAILED, pager.state());
            assertEquals(1, guest.stops.get());
        }
    }

    private static KvmExit runOrSkip(Vcpu vcpu) {
        try {
            return vcpu.run();
        } catch (ErrnoException e) {
            assumeTrue(false, "this KVM does not emulate the access: " + e.getMessage());
            throw e;
        }
    }

    /** 22: an MMIO exit elsewhere is a device's. */
    @Test
    void p22_anMmioExitOutsideMemoryIsADevices() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                DemandPager pager = DemandPager.builder(pattern)
                        .guest(guest)
                        .region(PagedRegion.of(slot))
                        .start()) {
            Vcpu vcpu = vcpu(vm, STORE_OUTSIDE);
            KvmExit.Mmio mmio = assertInstanceOf(KvmExit.Mmio.class, vcpu.run());
            assertEquals(0x1a000, mmio.physAddr());
            assertFalse(pager.handler().handle(mmio));
            assertEquals(DemandPager.State.RUNNING, pager.state());
        }
    }

    /** 20: a vCPU that waits for a page in the kernel can be stopped, and has not seen zeros. */
    @Test
    void p20_aVcpuIsStoppedInMidFault() throws Exception {
        Gate never = new Gate();
        PageSource gated = new PageSource() {
            @Override
            public int read(long offset, ByteBuffer into) {
                if (offset == FIRST + 3 * PAGE) {
                    never.pass();
                }
                return pattern.read(offset, into);
            }

            @Override
            public void abort() {
                never.open();
            }
        };
        List<Integer> written = Collections.synchronizedList(new ArrayList<>());
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                DemandPager pager = DemandPager.builder(gated)
                        .guest(vm.threads())
                        .region(PagedRegion.of(slot))
                        .start()) {
            VcpuThread thread = vcpu(vm, READ_ALL).start(cpu -> runInThread(cpu, pager, written));
            never.awaitArrival();
            FutureTask<?> closing = Rig.closing(pager);
            thread.join();
            Rig.get(closing);
            assertEquals(firstBytes().subList(0, 3), written);
        }
    }

    /** 20: the same when no page will come, in an access that KVM emulates, too, where no signal reaches a vCPU. */
    @Test
    void p20_aVcpuIsStoppedThoughItsPageNeverComes() throws Exception {
        List<Integer> written = Collections.synchronizedList(new ArrayList<>());
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                DemandPager pager = DemandPager.builder(this::readThreePages)
                        .guest(vm.threads())
                        .region(PagedRegion.of(slot))
                        .start()) {
            VcpuThread thread = vcpu(vm, READ_ALL).start(cpu -> runInThread(cpu, pager, written));
            Rig.awaitState(pager, DemandPager.State.PAUSED);
            vm.threads().stop();
            join(thread);
            assertEquals(firstBytes().subList(0, 3), written);
        }
    }

    /** A source that is lost at the fourth page. */
    private int readThreePages(long offset, ByteBuffer into) {
        return offset < FIRST + 3 * PAGE ? pattern.read(offset, into) : -1;
    }

    /** Waits for the end of the thread, but not for ever. */
    private static void join(VcpuThread thread) throws Exception {
        Rig.get(Rig.start(() -> {
            thread.join();
            return null;
        }));
    }

    private static void runInThread(VcpuThread cpu, DemandPager pager, List<Integer> written) {
        while (cpu.run()) {
            KvmExit exit = cpu.exit();
            if (pager.handler().handle(exit)) {
                continue;
            }
            switch (exit) {
                case KvmExit.Io io -> written.add(io.value(0) & 0xff);
                case KvmExit.Hlt _ -> {
                    return;
                }
                case KvmExit other -> throw new AssertionError(other.toString());
            }
        }
    }

    /** 15: the guest is paused while there is no source, and runs on with the next. */
    @Test
    void p15_theGuestIsPausedUntilThereIsASource() throws Exception {
        List<Integer> written = Collections.synchronizedList(new ArrayList<>());
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                DemandPager pager = DemandPager.builder(this::readThreePages)
                        .guest(vm.threads())
                        .region(PagedRegion.of(slot))
                        .start()) {
            VcpuThread thread = vcpu(vm, READ_ALL).start(cpu -> runInThread(cpu, pager, written));
            Rig.awaitState(pager, DemandPager.State.PAUSED);
            assertEquals(firstBytes().subList(0, 3), written);
            pager.resume(pattern);
            thread.join();
            assertEquals(firstBytes(), written);
        }
    }

    /** 15: a vCPU that waits for its page itself cannot be paused, and must not keep the next source away. */
    @Test
    void p15_aVcpuThatWaitsForItsPageKeepsNoSourceAway() throws Exception {
        AtomicReference<DemandPager> pagerOfListener = new AtomicReference<>();
        PagerListener resumes = new PagerListener() {
            @Override
            public void sourceLost(PageSourceException cause) {
                pagerOfListener.get().resume(pattern);
            }
        };
        PageSource failing = (_, _) -> -1;
        List<Integer> written = Collections.synchronizedList(new ArrayList<>());
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * PAGE);
                DemandPager pager = DemandPager.builder(failing)
                        .guest(vm.threads())
                        .listener(resumes)
                        .region(PagedRegion.of(slot))
                        .start()) {
            pagerOfListener.set(pager);
            VcpuThread thread = vcpu(vm, READ_ALL).start(cpu -> {
                pager.handler().resolve(FIRST);
                runInThread(cpu, pager, written);
            });
            join(thread);
            assertEquals(firstBytes(), written);
        }
    }

    @Test
    void theStrategiesOfThisKernelAreReportedInWords() {
        try (Kvm kvm = Kvm.open()) {
            List<FaultStrategy.Finding> findings = FaultStrategy.probe(kvm);
            assertEquals(4, findings.size());
            assertInstanceOf(FaultStrategy.Userfaultfd.class, findings.getLast().strategy());
            for (FaultStrategy.Finding finding : findings) {
                assertFalse(finding.reason().isBlank());
            }
            assertTrue(findings.getLast().available());
        }
        assertThrows(IllegalArgumentException.class, () -> new FaultStrategy.MemoryFaultExits(FaultVariant.MAINLINE));
    }
}
