package io.kvm4j.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.RequiresKvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@RequiresKvm
class VcpuStateTest {
    @Test
    void aRestoredGuestGoesOnWhereItWas() {
        List<Long> uninterrupted;
        try (CalculatingGuest guest = new CalculatingGuest()) {
            uninterrupted = guest.numbers(CalculatingGuest.NUMBERS);
        }
        for (int told = 0; told <= CalculatingGuest.NUMBERS; told++) {
            assertEquals(uninterrupted, interruptedAfter(told));
        }
    }

    private static List<Long> interruptedAfter(int told) {
        try (CalculatingGuest guest = new CalculatingGuest()) {
            List<Long> numbers = new ArrayList<>(guest.numbers(told));
            byte[] state = VcpuState.save(guest.vcpu).toBytes();
            try (CalculatingGuest restored = CalculatingGuest.withMemoryOf(guest)) {
                VcpuState.parse(state).restore(restored.vcpu);
                numbers.addAll(restored.numbers(CalculatingGuest.NUMBERS - told));
            }
            return numbers;
        }
    }
}
