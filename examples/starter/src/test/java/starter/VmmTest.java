package starter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kvm4j.Kvm;
import io.kvm4j.KvmUnavailableException;
import java.io.ByteArrayOutputStream;
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

    /** Opens /dev/kvm, or skips the test where there is none. */
    private static Kvm open() {
        try {
            return Kvm.open();
        } catch (KvmUnavailableException e) {
            return abort(e.getMessage());
        }
    }
}
