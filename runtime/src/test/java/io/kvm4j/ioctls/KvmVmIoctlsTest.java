package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Vcpu;
import io.kvm4j.events.EventFd;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.CoalescedMmio;
import io.kvm4j.uapi.DirtyRing;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.GsiRoutes;
import io.kvm4j.uapi.KvmClearDirtyLog;
import io.kvm4j.uapi.KvmCoalescedMmioZone;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmCreateDevice;
import io.kvm4j.uapi.KvmDirtyLog;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmIoeventfd;
import io.kvm4j.uapi.KvmIrqLevel;
import io.kvm4j.uapi.KvmIrqRouting;
import io.kvm4j.uapi.KvmIrqfd;
import io.kvm4j.uapi.KvmMsi;
import io.kvm4j.uapi.KvmStats;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion2;
import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import io.kvm4j.uapi.x86_64.X86Constants;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class KvmVmIoctlsTest extends IoctlsTest {
    /** {@code out 0x10, al; hlt}. */
    private static final String OUT = "e6 10 f4";

    /** {@code mov ax, 0xa000; mov ds, ax; mov ax, 0xbeef; mov [0x10], ax; hlt}: where there is no memory. */
    private static final String STORE_TO_DEVICE = "b8 00 a0 8e d8 b8 ef be a3 10 00 f4";

    private static final long DEVICE = 0xa0000;
    private static final int APIC_SPURIOUS = 0xf0;
    private static final int APIC_ENABLE = 0x1ff;
    private static final int APIC_REQUESTS = 0x200;
    private static final int VECTOR = 0x31;

    private final KvmVmIoctls ioctls = recorder.recording(KvmVmIoctls.class, vm.ioctls());

    @Test
    void createVcpu() {
        owned(ioctls.createVcpu(0), "vCPU");
        fails(Errno.EEXIST, () -> ioctls.createVcpu(0));
        fails(Errno.EINVAL, () -> ioctls.createVcpu(Integer.MAX_VALUE));
    }

    @Test
    void checkExtension() {
        assertTrue(ioctls.checkExtension(KvmConstants.KVM_CAP_NR_MEMSLOTS) >= 32);
        assertEquals(0, ioctls.checkExtension(Integer.MAX_VALUE));
    }

    private KvmUserspaceMemoryRegion region(int slot, long gpa, Mapping memory) {
        return KvmUserspaceMemoryRegion.allocate(arena)
                .slot(slot)
                .guestPhysAddr(gpa)
                .memorySize(memory.segment().byteSize())
                .userspaceAddr(memory.segment().address());
    }

    @Test
    void setUserMemoryRegion() {
        Mapping memory = closing(Mapping.anonymous(2 * PAGE));
        ioctls.setUserMemoryRegion(region(0, 0, memory));
        fails(Errno.EEXIST, () -> ioctls.setUserMemoryRegion(region(1, PAGE, memory)));
        fails(Errno.EINVAL, () -> ioctls.setUserMemoryRegion(region(1, PAGE / 2, memory)));
        ioctls.setUserMemoryRegion(region(0, 0, memory).memorySize(0));
        ioctls.setUserMemoryRegion(region(1, PAGE, memory));
    }

    private KvmUserspaceMemoryRegion2 region2(int slot, long gpa, MemorySegment memory) {
        return KvmUserspaceMemoryRegion2.allocate(arena)
                .slot(slot)
                .guestPhysAddr(gpa)
                .memorySize(memory.byteSize())
                .userspaceAddr(memory.address());
    }

    @Test
    void setUserMemoryRegion2() {
        MemorySegment memory = closing(Mapping.anonymous(2 * PAGE)).segment();
        needs(Capability.KVM_CAP_USER_MEMORY2, () -> ioctls.setUserMemoryRegion2(region2(0, 0, memory)));
        ioctls.setUserMemoryRegion2(region2(0, 0, memory));
        fails(Errno.EEXIST, () -> ioctls.setUserMemoryRegion2(region2(1, PAGE, memory)));
    }

    /** A guest that has written to page 2 of a slot that logs it. */
    private Vcpu writePage2() {
        Mapping memory = closing(Mapping.anonymous(RAM));
        byte[] code = HexFormat.ofDelimiter(" ").parseHex(WRITE_PAGE_2);
        MemorySegment.copy(code, 0, memory.segment(), ValueLayout.JAVA_BYTE, CODE, code.length);
        vm.ioctls().setUserMemoryRegion(region(0, 0, memory).flags((int) KvmConstants.KVM_MEM_LOG_DIRTY_PAGES));
        Vcpu vcpu = vm.createVcpu(0);
        start(vcpu);
        run(vcpu, KvmExit.Hlt.class);
        return vcpu;
    }

    private boolean isPage2Dirty() {
        MemorySegment bitmap = arena.allocate(ValueLayout.JAVA_LONG);
        ioctls.getDirtyLog(KvmDirtyLog.allocate(arena).dirtyBitmap(bitmap.address()));
        return (bitmap.get(ValueLayout.JAVA_LONG, 0) & 1 << 2) != 0;
    }

    @Test
    void getDirtyLog() {
        fails(Errno.ENOENT, this::isPage2Dirty);
        writePage2();
        assertTrue(isPage2Dirty());
        assertFalse(isPage2Dirty());
    }

    @Test
    void clearDirtyLog() {
        MemorySegment page2 = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L << 2);
        KvmClearDirtyLog clear =
                KvmClearDirtyLog.allocate(arena).numPages(RAM / PAGE).dirtyBitmap(page2.address());
        needs(Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, () -> ioctls.clearDirtyLog(clear));
        vm.enableCap(Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, KvmConstants.KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE);
        writePage2();
        assertTrue(isPage2Dirty());
        assertTrue(isPage2Dirty());
        ioctls.clearDirtyLog(clear);
        assertFalse(isPage2Dirty());
        fails(Errno.EINVAL, () -> ioctls.clearDirtyLog(clear.firstPage(1)));
    }

    @Test
    void resetDirtyRings() {
        needs(Capability.KVM_CAP_DIRTY_LOG_RING, ioctls::resetDirtyRings);
        int size = 16 * PAGE;
        vm.enableCap(Capability.KVM_CAP_DIRTY_LOG_RING, size);
        DirtyRing ring = ring(writePage2(), size);
        int harvested = 0;
        boolean page2 = false;
        while (ring.next()) {
            harvested++;
            page2 |= ring.slot() == 0 && ring.offset() == 2;
        }
        assertTrue(page2);
        assertEquals(harvested, ioctls.resetDirtyRings());
        assertEquals(0, ioctls.resetDirtyRings());
    }

    private DirtyRing ring(Vcpu vcpu, int size) {
        Descriptor file = Descriptor.owning(vcpu.fd(), "vCPU");
        long offset = (long) X86Constants.KVM_DIRTY_LOG_PAGE_OFFSET * PAGE;
        return DirtyRing.of(closing(Mapping.shared(file, offset, size)).segment());
    }

    /** What KVM has collected, seen through a vCPU. */
    private CoalescedMmio collected(Vcpu vcpu) {
        Descriptor file = Descriptor.owning(vcpu.fd(), "vCPU");
        long offset = (long) vm.checkExtension(Capability.KVM_CAP_COALESCED_MMIO) * PAGE;
        return CoalescedMmio.of(closing(Mapping.shared(file, offset, PAGE)).segment());
    }

    private KvmCoalescedMmioZone zone() {
        return KvmCoalescedMmioZone.allocate(arena).addr(DEVICE).size(PAGE);
    }

    @Test
    void registerCoalescedMmio() {
        needs(Capability.KVM_CAP_COALESCED_MMIO, () -> ioctls.registerCoalescedMmio(zone()));
        Vcpu vcpu = guest(STORE_TO_DEVICE);
        ioctls.registerCoalescedMmio(zone());
        run(vcpu, KvmExit.Hlt.class);
        CoalescedMmio collected = collected(vcpu);
        assertTrue(collected.next());
        assertEquals(DEVICE + 0x10, collected.write().physAddr());
        assertEquals(2, collected.write().len());
        assertEquals(0xbeef, collected.value());
        assertFalse(collected.next());
        fails(Errno.EINVAL, () -> ioctls.registerCoalescedMmio(zone().pio(2)));
    }

    @Test
    void registerCoalescedPio() {
        needs(Capability.KVM_CAP_COALESCED_PIO, () -> ioctls.registerCoalescedMmio(zone().pio(2)));
        Vcpu vcpu = guest(OUT);
        ioctls.registerCoalescedMmio(zone().addr(0x10).size(1).pio(1));
        vcpu.x86().setRegs(r -> r.rax(0x5a));
        run(vcpu, KvmExit.Hlt.class);
        CoalescedMmio collected = collected(vcpu);
        assertTrue(collected.next());
        assertEquals(0x10, collected.write().physAddr());
        assertEquals(1, collected.write().pio());
        assertEquals(0x5a, collected.value());
    }

    @Test
    void unregisterCoalescedMmio() {
        needs(Capability.KVM_CAP_COALESCED_MMIO, () -> ioctls.unregisterCoalescedMmio(zone()));
        Vcpu vcpu = guest(STORE_TO_DEVICE);
        ioctls.registerCoalescedMmio(zone());
        ioctls.unregisterCoalescedMmio(zone());
        assertEquals(DEVICE + 0x10, run(vcpu, KvmExit.Mmio.class).physAddr());
        assertFalse(collected(vcpu).next());
    }

    @Test
    void enableCap() {
        KvmEnableCap enable = KvmEnableCap.allocate(arena).cap(KvmConstants.KVM_CAP_EXCEPTION_PAYLOAD);
        enable.args(0, 1);
        ioctls.enableCap(enable);
        ErrnoException e = fails(Errno.EINVAL, () -> ioctls.enableCap(enable.cap(Integer.MAX_VALUE)));
        assertTrue(String.valueOf(e.getMessage()).contains("(Capability(2147483647), 0x1): EINVAL"), e::getMessage);
    }

    private KvmIrqLevel level(int irq, int level) {
        return KvmIrqLevel.allocate(arena).irq(irq).level(level);
    }

    @Test
    void irqLine() {
        fails(Errno.ENXIO, () -> ioctls.irqLine(level(5, 1)));
        withIrqchip();
        ioctls.irqLine(level(5, 1));
        assertEquals(1 << 5, raised());
    }

    @Test
    void irqLineStatus() {
        fails(Errno.ENXIO, () -> ioctls.irqLineStatus(level(5, 1)));
        withIrqchip();
        KvmIrqLevel level = level(5, 1);
        ioctls.irqLineStatus(level);
        assertEquals(1 << 5, raised());
        assertTrue(level.status() >= -1 && level.status() <= 1, () -> "status " + level.status());
    }

    @Test
    void setGsiRouting() {
        KvmIrqRouting routing = KvmIrqRouting.allocate(arena, 3);
        GsiRoutes.toIrqchip(routing.entry(0), 9, X86Constants.KVM_IRQCHIP_PIC_MASTER, 3);
        GsiRoutes.toIrqchip(routing.entry(1), 10, X86Constants.KVM_IRQCHIP_IOAPIC, 10);
        GsiRoutes.toMsi(routing.entry(2), 30, 0xfee00000L, VECTOR);
        fails(Errno.EINVAL, () -> ioctls.setGsiRouting(routing));
        withIrqchip();
        ioctls.setGsiRouting(routing);
        ioctls.irqLine(level(9, 1));
        assertEquals(1 << 3, raised());
        routing.entry(0).type(1000);
        fails(Errno.EINVAL, () -> ioctls.setGsiRouting(routing));
    }

    @Test
    void irqfd() throws InterruptedException {
        EventFd event = closing(EventFd.create());
        KvmIrqfd irqfd = KvmIrqfd.allocate(arena).fd(event.fd()).gsi(4);
        fails(Errno.EINVAL, () -> ioctls.irqfd(irqfd));
        withIrqchip();
        ioctls.irqfd(irqfd);
        fails(Errno.EBUSY, () -> ioctls.irqfd(irqfd));
        event.signal();
        while (raised() != 1 << 4) {
            Thread.sleep(1);
        }
        ioctls.irqfd(irqfd.flags(KvmConstants.KVM_IRQFD_FLAG_DEASSIGN));
        ioctls.irqfd(irqfd.flags(0));
    }

    @Test
    void ioeventfd() {
        EventFd event = closing(EventFd.create());
        KvmIoeventfd ioeventfd = KvmIoeventfd.allocate(arena)
                .addr(0x10)
                .len(1)
                .fd(event.fd())
                .flags(KvmConstants.KVM_IOEVENTFD_FLAG_PIO);
        Vcpu vcpu = guest(OUT);
        ioctls.ioeventfd(ioeventfd);
        fails(Errno.EEXIST, () -> ioctls.ioeventfd(ioeventfd));
        run(vcpu, KvmExit.Hlt.class);
        assertEquals(1, event.take());
        ioeventfd.flags(KvmConstants.KVM_IOEVENTFD_FLAG_PIO | KvmConstants.KVM_IOEVENTFD_FLAG_DEASSIGN);
        ioctls.ioeventfd(ioeventfd);
        fails(Errno.ENOENT, () -> ioctls.ioeventfd(ioeventfd));
    }

    @Test
    void signalMsi() {
        KvmMsi msi = KvmMsi.allocate(arena).addressLo(0xfee00000).data(VECTOR);
        fails(Errno.EINVAL, () -> ioctls.signalMsi(msi));
        withIrqchip();
        Vcpu vcpu = vm.createVcpu(0);
        KvmLapicState lapic = KvmLapicState.allocate(arena);
        vcpu.x86().ioctls().getLapic(lapic);
        lapic.segment().set(ValueLayout.JAVA_INT, APIC_SPURIOUS, APIC_ENABLE);
        vcpu.x86().ioctls().setLapic(lapic);
        assertTrue(ioctls.signalMsi(msi) > 0);
        vcpu.x86().ioctls().getLapic(lapic);
        int requests = lapic.segment().get(ValueLayout.JAVA_INT, APIC_REQUESTS + VECTOR / 32 * 0x10);
        assertEquals(1 << VECTOR % 32, requests);
    }

    @Test
    void createDevice() {
        KvmCreateDevice create = KvmCreateDevice.allocate(arena).type(1000);
        fails(Errno.ENODEV, () -> ioctls.createDevice(create));
        if (exists(create.type(KvmConstants.KVM_DEV_TYPE_VFIO))) {
            ioctls.createDevice(create.flags(0));
            owned(create.fd(), "device");
        }
    }

    private boolean exists(KvmCreateDevice create) {
        try {
            ioctls.createDevice(create.flags(KvmConstants.KVM_CREATE_DEVICE_TEST));
            return true;
        } catch (ErrnoException e) {
            assertEquals("ENODEV", e.errnoName());
            return false;
        }
    }

    @Test
    void setDeviceAttr() {
        needs(Capability.KVM_CAP_VM_ATTRIBUTES, () -> ioctls.setDeviceAttr(attribute(1000, 0, 0)));
        fails(Errno.ENXIO, () -> ioctls.setDeviceAttr(attribute(1000, 0, 0)));
    }

    @Test
    void hasDeviceAttr() {
        needs(Capability.KVM_CAP_VM_ATTRIBUTES, () -> ioctls.hasDeviceAttr(attribute(1000, 0, 0)));
        fails(Errno.ENXIO, () -> ioctls.hasDeviceAttr(attribute(1000, 0, 0)));
    }

    @Test
    void getStatsFd() {
        needs(Capability.KVM_CAP_BINARY_STATS_FD, ioctls::getStatsFd);
        KvmStats stats = KvmStats.of(owned(ioctls.getStatsFd(), "statistics").fd());
        assertTrue(stats.id().startsWith("kvm-"), stats.id());
        assertTrue(
                stats.find("remote_tlb_flush").isPresent(), () -> stats.stats().toString());
    }
}
