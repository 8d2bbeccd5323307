package io.kvm4j.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.kvm4j.RealModeGuest;
import io.kvm4j.RequiresKvm;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.debug.HardwareBreakpoint.Access;
import io.kvm4j.uapi.KvmExit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@RequiresKvm
class GuestDebugTest {
    /** {@code inc ax; inc ax; inc ax; mov [0x2000], ax; out 0x10, al; hlt}. */
    private static final String CODE = "40 40 40 a3 00 20 e6 10 f4";

    private static final int FIRST = RealModeGuest.START;
    private static final int SECOND = FIRST + 1;
    private static final int THIRD = FIRST + 2;
    private static final int STORE = FIRST + 3;
    private static final int REPORT = FIRST + 6;
    private static final int COUNTER = 0x2000;

    /** {@code nop; mov eax, dr0; out 0x10, al; hlt}. */
    private static final String READ_DR0 = "90 0f 21 c0 e6 10 f4";

    private static final int VECTOR_1 = 1 * 4;
    private static final int VECTOR_3 = 3 * 4;
    private static final int HANDLER = 0x3000;
    private static final byte[] OUT_AND_HALT = {(byte) 0xe6, 0x12, (byte) 0xf4};

    private final RealModeGuest guest = new RealModeGuest(CODE);
    private final Vcpu vcpu = guest.vcpu;
    private final GuestDebug debug = new GuestDebug(vcpu);

    @AfterEach
    void close() {
        guest.close();
    }

    /** Skips a test on kvm_pvm, which leaves watched data and all of CPL 3 to the guest's own handlers. */
    private static void needsProcessorsOwnDebugging() {
        assumeFalse(Files.exists(Path.of("/sys/module/kvm_pvm")), "kvm_pvm debugs emulated instructions only");
    }

    private DebugEvent event() {
        return DebugEvent.of(guest.run(KvmExit.Debug.class));
    }

    private void assertRunsOn() {
        assertEquals(3, guest.run(KvmExit.Io.class).value(0));
    }

    @Test
    void stepsFromInstructionToInstruction() {
        debug.singleStep(true);
        for (int next : new int[] {SECOND, THIRD, STORE, REPORT}) {
            DebugEvent step = event();
            assertEquals(next, step.pc());
            assertTrue(step.isStep(), step::toString);
            assertFalse(step.isSoftwareBreakpoint());
            assertEquals(OptionalInt.empty(), step.hardwareBreakpoint());
            assertEquals(next, vcpu.x86().regs().rip());
        }
        debug.singleStep(false);
        assertRunsOn();
    }

    @Test
    void stepsAtTheLowestPrivilege() {
        needsProcessorsOwnDebugging();
        try (UserModeGuest user = new UserModeGuest()) {
            Vcpu counting = user.vcpu(0, UserModeGuest.COUNT);
            new GuestDebug(counting).singleStep(true);
            for (int round = 1; round <= 3; round++) {
                assertInstanceOf(KvmExit.Debug.class, counting.run());
                assertEquals(round, user.count(counting));
                assertTrue(DebugEvent.of(assertInstanceOf(KvmExit.Debug.class, counting.run()))
                        .isStep());
            }
        }
    }

    @Test
    void stopsAtSoftwareBreakpoint() {
        guest.ram.writeInt(VECTOR_3, HANDLER);
        guest.ram.write(HANDLER, OUT_AND_HALT);
        try (SoftwareBreakpoint breakpoint = debug.softwareBreakpoint(THIRD)) {
            KvmExit stop = vcpu.run();
            assumeFalse(stop instanceof KvmExit.Io, "this processor leaves int3 to the guest, as QEMU and kvm_pvm do");
            DebugEvent event = DebugEvent.of(assertInstanceOf(KvmExit.Debug.class, stop));
            assertTrue(event.isSoftwareBreakpoint(), event::toString);
            assertFalse(event.isStep());
            assertEquals(THIRD, event.pc());
            assertEquals(2, vcpu.x86().regs().rax());

            breakpoint.lift();
            debug.singleStep(true);
            assertEquals(STORE, event().pc());
            debug.singleStep(false);
            breakpoint.set();
            assertRunsOn();
            assertEquals((byte) 0xcc, guest.ram.readByte(THIRD));
        }
        assertEquals(0x40, guest.ram.readByte(THIRD));
    }

    @Test
    void stopsBeforeInstruction() {
        debug.set(2, HardwareBreakpoint.execution(THIRD));
        DebugEvent event = event();
        assertEquals(OptionalInt.of(2), event.hardwareBreakpoint(), event::toString);
        assertFalse(event.isSoftwareBreakpoint());
        assertEquals(THIRD, event.pc());
        assertEquals(2, vcpu.x86().regs().rax());
        debug.clear(2);
        assertRunsOn();
    }

    @Test
    void stopsAfterWrite() {
        needsProcessorsOwnDebugging();
        debug.set(1, HardwareBreakpoint.write(COUNTER, 2));
        DebugEvent event = event();
        assertEquals(OptionalInt.of(1), event.hardwareBreakpoint(), event::toString);
        assertEquals(REPORT, event.pc());
        assertEquals(3, guest.ram.readShort(COUNTER));
        assertRunsOn();
    }

    @Test
    void stopsBeforeAnAccessToADebugRegister() {
        guest.ram.write(FIRST, HexFormat.ofDelimiter(" ").parseHex(READ_DR0));
        guest.ram.writeInt(VECTOR_1, HANDLER);
        guest.ram.write(HANDLER, OUT_AND_HALT);
        debug.stopAtDebugRegisters(true);
        KvmExit stop = vcpu.run();
        assumeFalse(stop instanceof KvmExit.Io, "this KVM ignores DR7.GD of a debugger");
        DebugEvent event = DebugEvent.of(assertInstanceOf(KvmExit.Debug.class, stop));
        assertTrue(event.isDebugRegisterAccess(), event::toString);
        assertFalse(event.isStep());
        assertFalse(event.isSoftwareBreakpoint());
        assertEquals(OptionalInt.empty(), event.hardwareBreakpoint());
        assertEquals(SECOND, event.pc());
        debug.stopAtDebugRegisters(false);
        assertEquals(0x10, guest.run(KvmExit.Io.class).port());
    }

    @Test
    void nothingStopsTheGuestOnceClosed() {
        SoftwareBreakpoint breakpoint = debug.softwareBreakpoint(SECOND);
        debug.set(0, HardwareBreakpoint.execution(THIRD));
        debug.singleStep(true);
        breakpoint.close();
        debug.close();
        assertRunsOn();
    }

    @Test
    void refusesWhatTheDebugRegistersCannotHold() {
        assertThrows(IllegalArgumentException.class, () -> HardwareBreakpoint.write(COUNTER, 3));
        assertThrows(IllegalArgumentException.class, () -> HardwareBreakpoint.write(COUNTER, 16));
        assertThrows(IllegalArgumentException.class, () -> HardwareBreakpoint.write(COUNTER + 1, 2));
        assertThrows(IllegalArgumentException.class, () -> new HardwareBreakpoint(FIRST, Access.EXECUTE, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> debug.set(4, HardwareBreakpoint.execution(FIRST)));
        assertThrows(IndexOutOfBoundsException.class, () -> debug.softwareBreakpoint(RealModeGuest.MEMORY_SIZE));
    }

    /** Intel SDM volume 3, 19.2.4: enabling bits at 2n + 1, R/W at 16 + 4n, LEN at 18 + 4n with 10b for 8 bytes. */
    @Test
    void breakpointsAsBitsOfDr7() {
        assertEquals(0x0000_0002L, HardwareBreakpoint.execution(0).dr7(0));
        assertEquals(0x0010_0008L, HardwareBreakpoint.write(0, 1).dr7(1));
        assertEquals(0x0f00_0020L, new HardwareBreakpoint(0, Access.READ_OR_WRITE, 4).dr7(2));
        assertEquals(0x9000_0080L, HardwareBreakpoint.write(0, 8).dr7(3));
        assertEquals(0x5000_0080L, HardwareBreakpoint.write(0, 2).dr7(3));
    }
}
