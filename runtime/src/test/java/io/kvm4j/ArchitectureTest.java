package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmVcpuIoctls;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class ArchitectureTest {
    @RequiresKvm
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    @Test
    void x86ViewsAreForX86Only() {
        String here = System.getProperty("os.arch");
        System.setProperty("os.arch", "riscv64");
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vcpu vcpu = vm.createVcpu(0)) {
            UnsupportedOperationException e = assertThrows(UnsupportedOperationException.class, vcpu::x86);
            assertEquals("Vcpu.x86() is for x86_64, this machine is riscv64", e.getMessage());
            assertThrows(UnsupportedOperationException.class, vm::x86);
        } finally {
            System.setProperty("os.arch", here);
        }
    }

    @Test
    void aFailureNamesTheCapabilityThatTheKernelLacks() {
        try (Arena arena = Arena.ofConfined()) {
            KvmVcpuIoctls ioctls = KvmVcpuIoctls.of(-1, _ -> 0);
            ErrnoException e = assertThrows(ErrnoException.class, () -> ioctls.enableCap(KvmEnableCap.allocate(arena)));
            assertEquals(Errno.EBADF, e.errno());
            assertEquals("KVM_ENABLE_CAP", e.call());
            assertEquals(true, e.getMessage().endsWith("; this kernel lacks KVM_CAP_ENABLE_CAP"), e.getMessage());
        }
    }
}
