package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.kvm4j.FaultVariant;
import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the kernel has exits for absent pages, a guest that faults by them costs no allocation, once C2 has compiled. */
@RequiresKvm
@RequiresUserfaultfd
@Timeout(300)
class ExitAllocationTest {
    private static final int CODE = 0x1000;
    private static final int FIRST = 0x10000;
    private static final int PAGES = 128;
    private static final int CLEAN_IN_A_ROW = 3;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final byte[] CONTENT = Pattern.page(1);

    /** {@code mov bx, 0x1000; next: mov ds, bx; mov al, [0]; add bx, 0x100; cmp bx, 0x9000; jne next; hlt}. */
    private static final String READ_ALL = "bb 00 10 8e db a0 00 00 81 c3 00 01 81 fb 00 90 75 f1 f4";

    private static int read(long offset, ByteBuffer into) {
        into.put(CONTENT, 0, into.remaining());
        return CONTENT.length;
    }

    @Test
    void aGuestsExitsAreHandled() {
        try (Kvm kvm = Kvm.open()) {
            FaultStrategy best = FaultStrategy.best(kvm);
            assumeTrue(best instanceof FaultStrategy.MemoryFaultExits, "this kernel has no exits for absent pages");
            StringBuilder seen = new StringBuilder();
            int clean = 0;
            long start = System.nanoTime();
            while (clean < CLEAN_IN_A_ROW && System.nanoTime() - start < PATIENCE_NANOS) {
                long bytes = bytesOfARun(kvm, (FaultStrategy.MemoryFaultExits) best);
                clean = bytes == 0 ? clean + 1 : 0;
                seen.append(' ').append(bytes);
            }
            assertTrue(clean == CLEAN_IN_A_ROW, () -> "bytes allocated by each " + (PAGES - 1) + " exits:" + seen);
        }
    }

    private static long bytesOfARun(Kvm kvm, FaultStrategy.MemoryFaultExits exits) {
        FaultVariant variant = exits.variant();
        try (Vm vm = kvm.createVm(0, variant);
                MemorySlot code = vm.addMemory(0, CODE + HostMemory.PAGE);
                MemorySlot slot = vm.addMemory(FIRST, (long) PAGES * HostMemory.PAGE);
                DemandPager pager = DemandPager.builder(ExitAllocationTest::read)
                        .guest(vm.threads())
                        .slots(slot)
                        .start();
                Vcpu vcpu = vm.createVcpu(0)) {
            code.write(CODE, HexFormat.ofDelimiter(" ").parseHex(READ_ALL));
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
            assertTrue(pager.handler().handle(vcpu.run()), "the first fault makes what the thread needs");
            long before = THREADS.getCurrentThreadAllocatedBytes();
            KvmExit last = runToTheEnd(vcpu, pager);
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertInstanceOf(KvmExit.Hlt.class, last);
            assertTrue(pager.figures().total().pages() == PAGES, () -> "" + pager.figures());
            return bytes;
        }
    }

    private static KvmExit runToTheEnd(Vcpu vcpu, DemandPager pager) {
        KvmExit exit = vcpu.run();
        while (pager.handler().handle(exit)) {
            exit = vcpu.run();
        }
        return exit;
    }
}
