package io.kvm4j;

import io.kvm4j.uapi.x86_64.KvmSegment;
import io.kvm4j.uapi.x86_64.KvmSregs;
import java.util.HexFormat;

/**
 * A VM whose vCPUs run 64-bit code at CPL 3, each at its own place in two megabytes. Sixteen are mapped one to one: at
 * {@link #FREE} and {@link #WIDE} is room for slots of a test's own.
 */
public final class UserModeGuest implements AutoCloseable {
    /** {@code again: inc qword [rdi]; jmp again}: rdi holds the address of the vCPU's counter. */
    public static final String COUNT = "48 ff 07 eb fb";

    /**
     * {@code again: mov [rdi], al; add rdi, 4096; dec ecx; jnz again; mov [NOTHING], al; again: jmp again}: writes to ecx
     * pages from rdi on, and says so by an MMIO exit.
     */
    public static final String WRITE_PAGES = "88 07 48 81 c7 00 10 00 00 ff c9 75 f3 88 04 25 00 00 30 00 eb fe";

    /** Where the guest has no memory, up to {@link #NOTHING}. */
    public static final long FREE = 0x200000;

    /** Where the guest never has memory. */
    public static final long NOTHING = 0x300000;

    /** Twelve megabytes where the guest has no memory. */
    public static final long WIDE = 0x400000;

    private static final int SIZE = 2 << 20;
    private static final int CODE = 0x10000;
    private static final int COUNTERS = 0x20000;

    public final Kvm kvm = Kvm.open();
    public final Vm vm = kvm.createVm();
    public final MemorySlot ram = vm.addMemory(0, SIZE);

    /** Makes the VM. */
    public UserModeGuest() {
        ram.writeLong(0x1000, 0x2007);
        ram.writeLong(0x2000, 0x3007);
        for (int i = 0; i < 8; i++) {
            ram.writeLong(0x3000 + i * 8L, ((long) i << 21) | 0x87);
        }
    }

    /** Makes a vCPU that is about to run some code. */
    public Vcpu vcpu(int id, String code) {
        Vcpu vcpu = vm.createVcpu(id);
        int rip = CODE + id * 0x100;
        ram.write(rip, HexFormat.ofDelimiter(" ").parseHex(code));
        vcpu.x86().setSregs(UserModeGuest::enterUserMode);
        vcpu.x86().setRegs(r -> r.rip(rip).rdi(COUNTERS + id * 0x100L).rflags(2));
        return vcpu;
    }

    /** How often the vCPU has counted. */
    public long count(Vcpu vcpu) {
        return ram.readLong(COUNTERS + vcpu.id() * 0x100L);
    }

    private static void enterUserMode(KvmSregs s) {
        s.cr3(0x1000).cr4(1 << 5).cr0(0x80000033L).efer(0x500);
        flat(s.cs(), 0x2b, 11).l(1).db(0);
        flat(s.ss(), 0x23, 3);
        flat(s.ds(), 0x23, 3);
        flat(s.es(), 0x23, 3);
    }

    private static KvmSegment flat(KvmSegment segment, int selector, int type) {
        return segment.base(0)
                .limit(-1)
                .selector(selector)
                .type(type)
                .present(1)
                .dpl(3)
                .db(1)
                .s(1)
                .l(0)
                .g(1);
    }

    @Override
    public void close() {
        vm.close();
        kvm.close();
    }
}
