package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.SyncReg;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@RequiresKvm
class SyncedRegistersTest {
    private final RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER);
    private final Vcpu vcpu = guest.vcpu;

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    void areThoseOfTheIoctls() {
        SyncedRegisters synced = SyncedRegisters.of(vcpu, SyncReg.KVM_SYNC_X86_REGS, SyncReg.KVM_SYNC_X86_SREGS);
        vcpu.x86().setRegs(r -> r.rax(0x42).r15(0x1234_5678_9abc_def0L));
        guest.run(KvmExit.Io.class);
        assertEquals(0x42, synced.regs().rax());
        assertEquals(vcpu.x86().regs().toString(), synced.regs().toString());
        assertEquals(vcpu.x86().sregs().toString(), synced.sregs().toString());
    }

    @Test
    void changesReachTheGuest() {
        SyncedRegisters synced = SyncedRegisters.of(vcpu, SyncReg.KVM_SYNC_X86_REGS);
        guest.run(KvmExit.Io.class);
        for (int value = 1; value < 5; value++) {
            synced.regs().rax(value);
            synced.changed(SyncReg.KVM_SYNC_X86_REGS);
            assertEquals(value, guest.run(KvmExit.Io.class).value(0));
        }
    }

    @Test
    void changesThatAreNotSaidReachNobody() {
        SyncedRegisters synced = SyncedRegisters.of(vcpu, SyncReg.KVM_SYNC_X86_REGS);
        guest.run(KvmExit.Io.class);
        synced.regs().rax(7);
        assertEquals(0, guest.run(KvmExit.Io.class).value(0));
    }

    @Test
    void specialRegistersAndEventsToo() {
        SyncedRegisters synced = SyncedRegisters.of(vcpu, SyncReg.KVM_SYNC_X86_SREGS, SyncReg.KVM_SYNC_X86_EVENTS);
        vcpu.completeExit();
        synced.sregs().cr2(0x1234);
        synced.changed(SyncReg.KVM_SYNC_X86_SREGS);
        synced.events().nmi().masked(1);
        synced.changed(SyncReg.KVM_SYNC_X86_EVENTS);
        vcpu.completeExit();
        assertEquals(0x1234, vcpu.x86().sregs().cr2());
        assertEquals(1, synced.events().nmi().masked());
    }

    @Test
    void onlyWhatWasAskedForCanBeUsed() {
        SyncedRegisters synced = SyncedRegisters.of(vcpu, SyncReg.KVM_SYNC_X86_REGS);
        assertThrows(IllegalStateException.class, synced::sregs);
        assertThrows(IllegalStateException.class, synced::events);
        assertThrows(IllegalStateException.class, () -> synced.changed(SyncReg.KVM_SYNC_X86_SREGS));
    }

    @Test
    void nothingIsCopiedOnceClosed() {
        SyncedRegisters synced = SyncedRegisters.of(vcpu, SyncReg.KVM_SYNC_X86_REGS);
        guest.run(KvmExit.Io.class);
        synced.regs().rax(9);
        synced.changed(SyncReg.KVM_SYNC_X86_REGS);
        synced.close();
        assertEquals(0, guest.run(KvmExit.Io.class).value(0));
        assertEquals(9, synced.regs().rax());
    }
}
