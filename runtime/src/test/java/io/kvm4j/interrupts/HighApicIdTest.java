package io.kvm4j.interrupts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Kvm;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.events.EventFd;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages to a vCPU whose APIC id has nine bits, beside one whose id are the lower eight of them. */
@RequiresKvm
@Timeout(300)
class HighApicIdTest {
    private static final int HIGH = 300;
    private static final int LOW = HIGH & 0xff;
    private static final int VECTOR = 0x41;
    private static final int GSI = 24;

    private static final long X2APIC = 0xc00;
    private static final int APIC_SPURIOUS = 0xf0;
    private static final int APIC_ENABLE = 0x1ff;
    private static final int APIC_REQUESTS = 0x200;

    private final Kvm kvm = Kvm.open();
    private final Vm vm = kvm.createVm();

    @BeforeEach
    void createIrqchip() {
        assumeTrue(vm.checkExtension(Capability.KVM_CAP_X2APIC_API) != 0, "this kernel lacks KVM_CAP_X2APIC_API");
        assumeTrue(vm.checkExtension(Capability.KVM_CAP_MAX_VCPU_ID) > HIGH, "this kernel has no vCPU " + HIGH);
        vm.x86().createIrqchip();
    }

    @AfterEach
    void close() {
        vm.close();
        kvm.close();
    }

    /** A vCPU whose APIC takes interrupts. */
    private Vcpu vcpu(int id) {
        Vcpu vcpu = vm.createVcpu(id);
        vcpu.x86().setSregs(s -> s.apicBase(s.apicBase() | X2APIC));
        try (Arena arena = Arena.ofConfined()) {
            KvmLapicState lapic = KvmLapicState.allocate(arena);
            vcpu.x86().ioctls().getLapic(lapic);
            lapic.segment().set(ValueLayout.JAVA_INT, APIC_SPURIOUS, APIC_ENABLE);
            vcpu.x86().ioctls().setLapic(lapic);
        }
        return vcpu;
    }

    private static boolean hasInterrupt(Vcpu vcpu) {
        try (Arena arena = Arena.ofConfined()) {
            KvmLapicState lapic = KvmLapicState.allocate(arena);
            vcpu.x86().ioctls().getLapic(lapic);
            int requests = lapic.segment().get(ValueLayout.JAVA_INT, APIC_REQUESTS + VECTOR / 32 * 16);
            return (requests >>> VECTOR % 32 & 1) != 0;
        }
    }

    @Test
    void aMessageReachesIt() {
        vm.x86().use32BitApicIds();
        Vcpu low = vcpu(LOW);
        Vcpu high = vcpu(HIGH);
        assertTrue(Msi.toApic(HIGH, VECTOR).signal(vm));
        assertTrue(hasInterrupt(high));
        assertEquals(false, hasInterrupt(low));
    }

    @Test
    void aRoutedEventReachesIt() throws InterruptedException {
        vm.x86().use32BitApicIds();
        Vcpu low = vcpu(LOW);
        Vcpu high = vcpu(HIGH);
        GsiRouting.empty()
                .with(new GsiRoute.ToMsi(GSI, Msi.toApic(HIGH, VECTOR)))
                .setOn(vm);
        try (EventFd event = EventFd.create();
                Irqfd _ = Irqfd.edge(vm, event, GSI)) {
            event.signal();
            for (int i = 0; i < 5_000 && !hasInterrupt(high); i++) {
                Thread.sleep(1);
            }
        }
        assertTrue(hasInterrupt(high));
        assertEquals(false, hasInterrupt(low));
    }

    @Test
    void withoutWideIdsTheMessageIsRefusedAndInterruptsNoOther() {
        Vcpu low = vcpu(LOW);
        Msi msi = Msi.toApic(HIGH, VECTOR);
        GsiRouting routing = GsiRouting.empty().with(new GsiRoute.ToMsi(GSI, msi));
        for (Runnable use : new Runnable[] {() -> msi.signal(vm), () -> routing.setOn(vm)}) {
            IllegalStateException e = assertThrows(IllegalStateException.class, use::run);
            assertEquals(
                    "MSI 0x41 to 0x100fee2c000 is for an APIC id above 255, and KVM would interrupt another processor:"
                            + " call vm.x86().use32BitApicIds() first",
                    e.getMessage());
        }
        assertEquals(false, hasInterrupt(low));
        assertTrue(Msi.toApic(LOW, VECTOR).signal(vm));
        assertTrue(hasInterrupt(low));
    }
}
