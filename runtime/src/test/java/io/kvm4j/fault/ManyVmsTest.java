package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** VMs that come and go leave nothing behind in the process. */
@RequiresKvm
@RequiresUserfaultfd
@Timeout(300)
class ManyVmsTest {
    private static final int FIRST_ONES = 10;
    private static final int MANY = 100;
    private static final int CODE = 0x1000;
    private static final int FIRST = 0x8000;
    private static final long SLOT_BYTES = 64 << 20;

    /** {@code mov si, 0x8000; again: mov al, [si]; add si, 0x1000; jnc again; hlt}. */
    private static final String READ_ALL = "be 00 80 8a 04 81 c6 00 10 73 f8 f4";

    private final Pattern pattern = new Pattern();

    @Test
    void aHundredVmsLeaveTheProcessAsItWas() throws Exception {
        for (int i = 0; i < FIRST_ONES; i++) {
            openRunAndClose();
        }
        long descriptors = OwnProcess.allDescriptors();
        long bytes = OwnProcess.mappedBytes();
        long threads = OwnProcess.guestThreads();
        for (int i = 0; i < MANY; i++) {
            openRunAndClose();
        }
        assertEquals(descriptors, OwnProcess.allDescriptors());
        assertEquals(0, threads);
        assertEquals(0, OwnProcess.guestThreads());
        assertEquals(0, OwnProcess.mappings("kvm-vcpu"));
        long grown = OwnProcess.mappedBytes() - bytes;
        assertTrue(grown < MANY / 4 * SLOT_BYTES, () -> "address space has grown by %d MiB".formatted(grown >> 20));
    }

    private void openRunAndClose() throws InterruptedException {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot code = vm.addMemory(0, CODE + HostMemory.PAGE);
                MemorySlot slot = vm.addMemory(FIRST, SLOT_BYTES);
                DemandPager pager = DemandPager.builder(pattern)
                        .guest(vm.threads())
                        .region(PagedRegion.of(slot))
                        .start();
                Vcpu vcpu = vm.createVcpu(0)) {
            code.write(CODE, HexFormat.ofDelimiter(" ").parseHex(READ_ALL));
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
            vcpu.start(cpu -> {
                        assertTrue(cpu.run());
                        assertTrue(cpu.exit() instanceof KvmExit.Hlt, () -> "" + cpu.exit());
                    })
                    .join();
            assertEquals(8, pager.figures().total().pages());
        }
    }
}
