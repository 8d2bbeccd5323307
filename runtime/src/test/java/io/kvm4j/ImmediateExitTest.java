package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.uapi.KvmExit;
import org.junit.jupiter.api.Test;

@RequiresKvm
class ImmediateExitTest {
    @Test
    void everyRunIsIntrUntilItIsTakenBack() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            KvmExit.Io io = guest.run(KvmExit.Io.class);
            assertEquals(0x10, io.port());
            guest.vcpu.immediateExit(true);
            guest.run(KvmExit.Intr.class);
            guest.run(KvmExit.Intr.class);
            assertThrows(IllegalStateException.class, io::port);
            guest.vcpu.immediateExit(false);
            assertEquals(0x10, guest.run(KvmExit.Io.class).port());
        }
    }
}
