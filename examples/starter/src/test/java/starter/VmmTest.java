package starter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kvm4j.Kvm;
import io.kvm4j.KvmUnavailableException;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmMpState;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class VmmTest {
    @Test
    void guestWritesToTheConsole() {
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        try (Kvm kvm = open()) {
            Vmm.run(kvm, "Good morning\n", console);
        }
        assertEquals("Good morning\n", console.toString(StandardCharsets.US_ASCII));
    }

    @Test
    void aVcpuAnswersAnIoctlOfYourOwn() {
        try (Kvm kvm = open();
                Vm vm = kvm.createVm();
                Vcpu vcpu = vm.createVcpu(0);
                Arena arena = Arena.ofConfined()) {
            MpStateIoctls calls = MpStateIoctls.of(vcpu.fd(), vm.ioctls()::checkExtension);
            KvmMpState state = KvmMpState.allocate(arena).mpState(-1);
            calls.getMpState(state);
            assertEquals(KvmConstants.KVM_MP_STATE_RUNNABLE, state.mpState());
        }
    }

    /** Opens /dev/kvm, or skips the test where there is none. */
    private static Kvm open() {
        try {
            return Kvm.open();
        } catch (KvmUnavailableException e) {
            return abort(e.getMessage());
        }
    }
}
