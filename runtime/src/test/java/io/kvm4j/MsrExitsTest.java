package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.MsrExitReason;
import io.kvm4j.uapi.x86_64.MsrFilter;
import io.kvm4j.uapi.x86_64.MsrFilterRangeFlag;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests whose MSRs the VMM answers for. */
@RequiresKvm
@Timeout(300)
class MsrExitsTest {
    private static final int SYSENTER_CS = 0x174;
    private static final int NO_MSR = 0x4b564d34;
    private static final int RESULT = 0x2000;
    private static final int GENERAL_PROTECTION = 13;
    private static final int HANDLER = 0x3000;

    /** {@code rdmsr; mov [0x2000], eax; mov [0x2004], edx; hlt}, with the MSR in ecx. */
    private static final String READ = "0f 32 66 a3 00 20 66 89 16 04 20 f4";

    /** {@code wrmsr; hlt}, with the MSR in ecx and the value in edx and eax. */
    private static final String WRITE = "0f 30 f4";

    private RealModeGuest guest;

    @BeforeEach
    void open() {
        guest = new RealModeGuest(READ);
        guest.vm.memory().writeInt(GENERAL_PROTECTION * 4, HANDLER);
        write(HANDLER, "e6 0d f4");
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private void write(int at, String code) {
        guest.ram.write(at, HexFormat.ofDelimiter(" ").parseHex(code));
    }

    private void needs(Capability capability) {
        assumeTrue(guest.vm.checkExtension(capability) != 0, () -> "this kernel lacks " + capability);
    }

    private KvmExit read(int msr) {
        write(RealModeGuest.START, READ);
        guest.vcpu.x86().setRegs(r -> r.rip(RealModeGuest.START).rcx(msr).rsp(0x8000));
        return guest.vcpu.run();
    }

    private KvmExit write(int msr, long value) {
        write(RealModeGuest.START, WRITE);
        guest.vcpu
                .x86()
                .setRegs(r -> r.rip(RealModeGuest.START)
                        .rcx(msr)
                        .rax(value & 0xffff_ffffL)
                        .rdx(value >>> 32)
                        .rsp(0x8000));
        return guest.vcpu.run();
    }

    /** Asserts that the guest is in its handler of general protection faults. */
    private static void assertFaulted(KvmExit exit) {
        assertTrue(exit instanceof KvmExit.Io io && io.port() == 0x0d, exit::toString);
    }

    private void deny(MsrFilterRangeFlag... accesses) {
        needs(Capability.KVM_CAP_X86_MSR_FILTER);
        try (Arena arena = Arena.ofConfined()) {
            guest.vm.x86().filterMsrs(MsrFilter.allowingOthers(arena).range(SYSENTER_CS, 1, accesses));
        }
    }

    @Test
    void aReadIsAnsweredOrRefused() {
        needs(Capability.KVM_CAP_X86_USER_SPACE_MSR);
        assertFaulted(read(NO_MSR));
        guest.vm.x86().exitOnMsrs(MsrExitReason.KVM_MSR_EXIT_REASON_UNKNOWN);
        KvmExit.X86Rdmsr read = (KvmExit.X86Rdmsr) read(NO_MSR);
        assertEquals(NO_MSR, read.index());
        assertTrue(read.reasonSet().contains(MsrExitReason.KVM_MSR_EXIT_REASON_UNKNOWN));
        read.answer(0x123456789abcdef0L);
        guest.run(KvmExit.Hlt.class);
        assertEquals(0x123456789abcdef0L, guest.ram.readLong(RESULT));
        ((KvmExit.X86Rdmsr) read(NO_MSR)).refuse();
        assertFaulted(guest.vcpu.run());
        guest.vm.x86().exitOnMsrs();
        assertFaulted(read(NO_MSR));
    }

    @Test
    void aWriteIsAcceptedOrRefused() {
        needs(Capability.KVM_CAP_X86_USER_SPACE_MSR);
        guest.vm.x86().exitOnMsrs(MsrExitReason.KVM_MSR_EXIT_REASON_UNKNOWN);
        KvmExit.X86Wrmsr write = (KvmExit.X86Wrmsr) write(NO_MSR, 0x1122334455667788L);
        assertEquals(NO_MSR, write.index());
        assertEquals(0x1122334455667788L, write.data());
        write.accept();
        guest.run(KvmExit.Hlt.class);
        ((KvmExit.X86Wrmsr) write(NO_MSR, 5)).refuse();
        assertFaulted(guest.vcpu.run());
    }

    @Test
    void aFilterDeniesWhatKvmWouldAllow() {
        assertTrue(read(SYSENTER_CS) instanceof KvmExit.Hlt);
        deny(MsrFilterRangeFlag.KVM_MSR_FILTER_READ);
        assertFaulted(read(SYSENTER_CS));
        assertTrue(write(SYSENTER_CS, 1) instanceof KvmExit.Hlt);
        deny(MsrFilterRangeFlag.KVM_MSR_FILTER_WRITE);
        assertTrue(read(SYSENTER_CS) instanceof KvmExit.Hlt);
        assertFaulted(write(SYSENTER_CS, 1));
        try (Arena arena = Arena.ofConfined()) {
            guest.vm.x86().filterMsrs(MsrFilter.allowingOthers(arena));
        }
        assertTrue(write(SYSENTER_CS, 1) instanceof KvmExit.Hlt);
    }

    @Test
    void aFilterAllowsReadsWithoutWrites() {
        needs(Capability.KVM_CAP_X86_MSR_FILTER);
        try (Arena arena = Arena.ofConfined()) {
            guest.vm
                    .x86()
                    .filterMsrs(MsrFilter.allowingOthers(arena)
                            .range(
                                    SYSENTER_CS,
                                    2,
                                    MsrFilterRangeFlag.KVM_MSR_FILTER_READ,
                                    MsrFilterRangeFlag.KVM_MSR_FILTER_WRITE)
                            .allow(SYSENTER_CS, MsrFilterRangeFlag.KVM_MSR_FILTER_READ));
        }
        assertTrue(read(SYSENTER_CS) instanceof KvmExit.Hlt);
        assertFaulted(write(SYSENTER_CS, 1));
        assertFaulted(read(SYSENTER_CS + 1));
    }

    @Test
    void whatAFilterDeniesTheVmmMayAnswer() {
        needs(Capability.KVM_CAP_X86_USER_SPACE_MSR);
        deny(MsrFilterRangeFlag.KVM_MSR_FILTER_READ, MsrFilterRangeFlag.KVM_MSR_FILTER_WRITE);
        guest.vm.x86().exitOnMsrs(MsrExitReason.KVM_MSR_EXIT_REASON_FILTER);
        KvmExit.X86Rdmsr read = (KvmExit.X86Rdmsr) read(SYSENTER_CS);
        assertTrue(read.reasonSet().contains(MsrExitReason.KVM_MSR_EXIT_REASON_FILTER));
        read.answer(42);
        guest.run(KvmExit.Hlt.class);
        assertEquals(42, guest.ram.readLong(RESULT));
        KvmExit.X86Wrmsr write = (KvmExit.X86Wrmsr) write(SYSENTER_CS, 7);
        assertEquals(7, write.data());
        write.accept();
        guest.run(KvmExit.Hlt.class);
        assertFaulted(read(NO_MSR));
    }
}
