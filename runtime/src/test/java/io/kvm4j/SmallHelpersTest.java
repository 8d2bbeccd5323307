package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.uapi.DeviceType;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What takes one call instead of ten lines of ioctls. */
@RequiresKvm
class SmallHelpersTest {
    private static final int SYSENTER_ESP = 0x175;
    /** The element of an XSAVE area whose bit 0 says that the x87 state is in it. */
    private static final int STATES_PRESENT = 512 / 4;

    private static final int NO_MSR = 0x12345678;

    private Kvm kvm;
    private Vm vm;

    @BeforeEach
    void open() {
        kvm = Kvm.open();
        vm = kvm.createVm();
    }

    @AfterEach
    void close() {
        vm.close();
        kvm.close();
    }

    @Test
    void theHostTellsWhatItSupports() {
        assertTrue(kvm.x86().msrs().length > 5);
        assertFalse(kvm.x86().supportedCpuid().leaves().isEmpty());
        for (int msr : kvm.x86().featureMsrs()) {
            kvm.x86().featureMsr(msr);
        }
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> kvm.x86().featureMsr(NO_MSR));
        assertEquals("MSR 0x12345678 is not a feature MSR that KVM reads: see featureMsrs()", e.getMessage());
    }

    @Test
    void anMsrIsReadAndSetByItsNumber() {
        X86Vcpu vcpu = vm.createVcpu(3).x86();
        vcpu.setMsr(SYSENTER_ESP, 0x1234);
        assertEquals(0x1234, vcpu.msr(SYSENTER_ESP));
        IllegalArgumentException read = assertThrows(IllegalArgumentException.class, () -> vcpu.msr(NO_MSR));
        assertTrue(read.getMessage().startsWith("KVM does not read MSR 0x12345678 of vCPU 3: "), read.getMessage());
        IllegalArgumentException set = assertThrows(IllegalArgumentException.class, () -> vcpu.setMsr(NO_MSR, 7));
        assertTrue(set.getMessage().startsWith("KVM does not set MSR 0x12345678 of vCPU 3 to 0x7: "), set.getMessage());
    }

    @Test
    void floatingPointStateIsChangedInPlace() {
        X86Vcpu vcpu = vm.createVcpu(0).x86();
        vcpu.setFpu(fpu -> fpu.fcw(0x27f));
        assertEquals(0x27f, vcpu.fpu().fcw());
        vcpu.setXsave(xsave -> xsave.region(0, 0x33f).region(STATES_PRESENT, xsave.region(STATES_PRESENT) | 1));
        assertEquals(0x33f, vcpu.fpu().fcw());
    }

    @Test
    void theLocalApicIsChangedInPlace() {
        vm.x86().createIrqchip();
        X86Vcpu vcpu = vm.createVcpu(0).x86();
        vcpu.setLapic(lapic -> lapic.regs(0x80, 0x30));
        assertEquals(0x30, vcpu.lapic().regs(0x80));
    }

    @Test
    void anInputOfTheInterruptControllerIsSet() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> vm.irqLine(5, true));
        assertEquals("the VM has no interrupt controller in the kernel", e.getMessage());
        vm.x86().createIrqchip();
        vm.irqLine(5, true);
        vm.irqLine(5, false);
    }

    @Test
    void theClockIsSet() {
        vm.x86().setClock(clock -> clock.clock(1L << 50));
        long now = vm.x86().clock().clock();
        assertTrue(now >= 1L << 50 && now < (1L << 50) + (1L << 45), () -> "the clock is " + now);
    }

    @Test
    void aDeviceClosesWithItsVm() {
        assumeTrue(KvmDevice.isSupported(vm, DeviceType.KVM_DEV_TYPE_VFIO), "this kernel has no VFIO");
        KvmDevice device = KvmDevice.create(vm, DeviceType.KVM_DEV_TYPE_VFIO);
        assertTrue(device.has(1, 1));
        assertFalse(device.has(77, 1));
        int fd = device.fd();
        vm.close();
        assertThrows(IllegalStateException.class, device::fd);
        assertFalse(Files.exists(Path.of("/proc/self/fd/" + fd), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void aDeviceThatTheKernelLacksIsNamed() {
        DeviceType none = DeviceType.of(4321);
        assertFalse(KvmDevice.isSupported(vm, none));
        UnsupportedOperationException e =
                assertThrows(UnsupportedOperationException.class, () -> KvmDevice.create(vm, none));
        assertTrue(e.getMessage().startsWith("this kernel has no device "), e.getMessage());
    }
}
