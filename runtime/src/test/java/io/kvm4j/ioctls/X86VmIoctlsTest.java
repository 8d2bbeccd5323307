package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Vcpu;
import io.kvm4j.events.EventFd;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmClockData;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmCreateGuestMemfd;
import io.kvm4j.uapi.KvmEncRegion;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmIrqRoutingXenEvtchn;
import io.kvm4j.uapi.KvmMemoryAttributes;
import io.kvm4j.uapi.KvmPitConfig;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion2;
import io.kvm4j.uapi.x86_64.KvmHypervEventfd;
import io.kvm4j.uapi.x86_64.KvmIrqchip;
import io.kvm4j.uapi.x86_64.KvmPitState;
import io.kvm4j.uapi.x86_64.KvmPitState2;
import io.kvm4j.uapi.x86_64.KvmPmuEventFilter;
import io.kvm4j.uapi.x86_64.KvmReinjectControl;
import io.kvm4j.uapi.x86_64.KvmSevCmd;
import io.kvm4j.uapi.x86_64.KvmXenHvmAttr;
import io.kvm4j.uapi.x86_64.KvmXenHvmConfig;
import io.kvm4j.uapi.x86_64.MsrFilter;
import io.kvm4j.uapi.x86_64.MsrFilterRangeFlag;
import io.kvm4j.uapi.x86_64.X86Constants;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class X86VmIoctlsTest extends IoctlsTest {
    private static final int SYSENTER_CS = 0x174;

    /** {@code mov ecx, 0x174; rdmsr; hlt}. */
    private static final String READ_SYSENTER_CS = "66 b9 74 01 00 00 0f 32 f4";

    private final X86VmIoctls ioctls = recorder.recording(X86VmIoctls.class, x86());

    @Test
    void setTssAddr() {
        ioctls.setTssAddr(0xfffbd000L);
        fails(Errno.EINVAL, () -> ioctls.setTssAddr(0xffffffffL));
    }

    @Test
    void setIdentityMapAddr() {
        ioctls.setIdentityMapAddr(0xfffbc000L);
        vm.createVcpu(0);
        fails(Errno.EINVAL, () -> ioctls.setIdentityMapAddr(0xfffbc000L));
    }

    @Test
    void setNrMmuPages() {
        ioctls.setNrMmuPages(64);
        fails(Errno.EINVAL, () -> ioctls.setNrMmuPages(63));
    }

    @Test
    void createIrqchip() {
        ioctls.createIrqchip();
        fails(Errno.EEXIST, ioctls::createIrqchip);
    }

    @Test
    void createIrqchipAfterVcpu() {
        vm.createVcpu(0);
        fails(Errno.EINVAL, ioctls::createIrqchip);
    }

    private KvmIrqchip master() {
        return KvmIrqchip.allocate(arena).chipId(X86Constants.KVM_IRQCHIP_PIC_MASTER);
    }

    @Test
    void getIrqchip() {
        fails(Errno.ENXIO, () -> ioctls.getIrqchip(master()));
        withIrqchip();
        KvmIrqchip ioapic = KvmIrqchip.allocate(arena).chipId(X86Constants.KVM_IRQCHIP_IOAPIC);
        ioctls.getIrqchip(ioapic);
        assertEquals(1, ioapic.chip().ioapic().redirtbl(0).fields().mask());
        fails(Errno.EINVAL, () -> ioctls.getIrqchip(master().chipId(1000)));
    }

    @Test
    void setIrqchip() {
        KvmIrqchip chip = master();
        fails(Errno.ENXIO, () -> ioctls.setIrqchip(chip));
        withIrqchip();
        ioctls.getIrqchip(chip);
        chip.chip().pic().imr(0xa5);
        ioctls.setIrqchip(chip);
        KvmIrqchip again = master();
        ioctls.getIrqchip(again);
        assertEquals(0xa5, again.chip().pic().imr());
    }

    @Test
    void createPit() {
        withIrqchip();
        ioctls.createPit();
        fails(Errno.EEXIST, ioctls::createPit);
    }

    @Test
    void createPit2() {
        KvmPitConfig config = KvmPitConfig.allocate(arena).flags(KvmConstants.KVM_PIT_SPEAKER_DUMMY);
        withIrqchip();
        ioctls.createPit2(config);
        fails(Errno.EEXIST, () -> ioctls.createPit2(config));
    }

    private void withPit() {
        withIrqchip();
        x86().createPit2(KvmPitConfig.allocate(arena));
    }

    @Test
    void getPit() {
        KvmPitState state = KvmPitState.allocate(arena);
        fails(Errno.ENXIO, () -> ioctls.getPit(state));
        withPit();
        ioctls.getPit(state);
        assertEquals(1, state.channels(0).gate());
    }

    @Test
    void setPit() {
        KvmPitState state = KvmPitState.allocate(arena);
        fails(Errno.ENXIO, () -> ioctls.setPit(state));
        withPit();
        x86().getPit(state);
        state.channels(2).count(0x1234).mode(3);
        ioctls.setPit(state);
        KvmPitState again = KvmPitState.allocate(arena);
        x86().getPit(again);
        assertEquals(0x1234, again.channels(2).count());
        assertEquals(3, again.channels(2).mode());
    }

    @Test
    void getPit2() {
        KvmPitState2 state = KvmPitState2.allocate(arena);
        fails(Errno.ENXIO, () -> ioctls.getPit2(state));
        withPit();
        ioctls.getPit2(state);
        assertEquals(1, state.channels(0).gate());
    }

    @Test
    void setPit2() {
        KvmPitState2 state = KvmPitState2.allocate(arena);
        fails(Errno.ENXIO, () -> ioctls.setPit2(state));
        withPit();
        x86().getPit2(state);
        state.flags(X86Constants.KVM_PIT_FLAGS_HPET_LEGACY).channels(2).count(0x4321);
        ioctls.setPit2(state);
        KvmPitState2 again = KvmPitState2.allocate(arena);
        x86().getPit2(again);
        assertEquals(X86Constants.KVM_PIT_FLAGS_HPET_LEGACY, again.flags());
        assertEquals(0x4321, again.channels(2).count());
    }

    @Test
    void reinjectControl() {
        KvmReinjectControl control = KvmReinjectControl.allocate(arena).pitReinject(1);
        fails(Errno.ENXIO, () -> ioctls.reinjectControl(control));
        withPit();
        ioctls.reinjectControl(control);
        ioctls.reinjectControl(control.pitReinject(0));
    }

    @Test
    void setBootCpuId() {
        ioctls.setBootCpuId(1);
        vm.createVcpu(0);
        fails(Errno.EBUSY, () -> ioctls.setBootCpuId(0));
    }

    @Test
    void getClock() {
        KvmClockData first = KvmClockData.allocate(arena);
        KvmClockData second = KvmClockData.allocate(arena);
        ioctls.getClock(first);
        ioctls.getClock(second);
        assertTrue(second.clock() >= first.clock());
    }

    @Test
    void setClock() {
        long day = 24L * 60 * 60 * 1_000_000_000;
        KvmClockData clock = KvmClockData.allocate(arena).clock(day);
        ioctls.setClock(clock);
        x86().getClock(clock);
        assertTrue(clock.clock() >= day && clock.clock() < 2 * day, () -> clock.clock() + " ns");
        fails(Errno.EINVAL, () -> ioctls.setClock(clock.flags(-1)));
    }

    @Test
    void getTscKhz() {
        assertTrue(ioctls.getTscKhz() > 0);
    }

    @Test
    void setTscKhz() {
        int khz = x86().getTscKhz();
        ioctls.setTscKhz(khz);
        assertEquals(khz, x86().getTscKhz());
    }

    @Test
    void setPmuEventFilter() {
        KvmPmuEventFilter filter = KvmPmuEventFilter.allocate(arena, 2).action(X86Constants.KVM_PMU_EVENT_DENY);
        filter.entry(0, 0xc0);
        filter.entry(1, 0x3c);
        needs(Capability.KVM_CAP_PMU_EVENT_FILTER, () -> ioctls.setPmuEventFilter(filter));
        ioctls.setPmuEventFilter(filter);
        fails(Errno.EINVAL, () -> ioctls.setPmuEventFilter(filter.action(1000)));
        fails(Errno.E2BIG, () -> ioctls.setPmuEventFilter(filter.action(0).nevents(301)));
    }

    @Test
    void x86SetMsrFilter() {
        MsrFilter filter =
                MsrFilter.allowingOthers(arena).range(SYSENTER_CS, 2, MsrFilterRangeFlag.KVM_MSR_FILTER_READ);
        filter.allow(SYSENTER_CS + 1);
        needs(Capability.KVM_CAP_X86_MSR_FILTER, () -> ioctls.x86SetMsrFilter(filter.struct()));
        vm.enableCap(Capability.KVM_CAP_X86_USER_SPACE_MSR, KvmConstants.KVM_MSR_EXIT_REASON_FILTER);
        ioctls.x86SetMsrFilter(filter.struct());
        Vcpu vcpu = guest(READ_SYSENTER_CS);
        KvmExit.X86Rdmsr refused = run(vcpu, KvmExit.X86Rdmsr.class);
        assertEquals(SYSENTER_CS, refused.index());
        assertEquals(KvmConstants.KVM_MSR_EXIT_REASON_FILTER, refused.reason_());
        fails(Errno.EINVAL, () -> ioctls.x86SetMsrFilter(filter.struct().flags(-1)));
    }

    @Test
    void x86SetMsrFilterThatAllows() {
        MsrFilter filter =
                MsrFilter.denyingOthers(arena).range(SYSENTER_CS - 9, 10, MsrFilterRangeFlag.KVM_MSR_FILTER_READ);
        filter.allow(SYSENTER_CS);
        needs(Capability.KVM_CAP_X86_MSR_FILTER, () -> ioctls.x86SetMsrFilter(filter.struct()));
        vm.enableCap(Capability.KVM_CAP_X86_USER_SPACE_MSR, KvmConstants.KVM_MSR_EXIT_REASON_FILTER);
        ioctls.x86SetMsrFilter(filter.struct());
        run(guest(READ_SYSENTER_CS), KvmExit.Hlt.class);
    }

    @Test
    void setMemoryAttributes() {
        KvmMemoryAttributes attributes =
                KvmMemoryAttributes.allocate(arena).size(PAGE).attributes(KvmConstants.KVM_MEMORY_ATTRIBUTE_PRIVATE);
        needs(Capability.KVM_CAP_MEMORY_ATTRIBUTES, () -> ioctls.setMemoryAttributes(attributes));
        ioctls.setMemoryAttributes(attributes);
        fails(Errno.EINVAL, () -> ioctls.setMemoryAttributes(attributes.size(1)));
    }

    @Test
    void createGuestMemfd() {
        KvmCreateGuestMemfd create = KvmCreateGuestMemfd.allocate(arena).size(RAM);
        needs(Capability.KVM_CAP_GUEST_MEMFD, () -> ioctls.createGuestMemfd(create));
        owned(ioctls.createGuestMemfd(create), "guest_memfd");
        fails(Errno.EINVAL, () -> ioctls.createGuestMemfd(create.size(1)));
    }

    /** Code that only the guest_memfd holds, where it can be mapped. */
    @Test
    void guestRunsFromGuestMemfd() {
        long flags = KvmConstants.GUEST_MEMFD_FLAG_MMAP | KvmConstants.GUEST_MEMFD_FLAG_INIT_SHARED;
        KvmCreateGuestMemfd create =
                KvmCreateGuestMemfd.allocate(arena).size(RAM).flags(flags);
        needs(Capability.KVM_CAP_GUEST_MEMFD_FLAGS, () -> {
            throw lacksFlags(() -> ioctls.createGuestMemfd(create));
        });
        Descriptor memfd = owned(ioctls.createGuestMemfd(create), "guest_memfd");
        MemorySegment memory = closing(Mapping.shared(memfd, RAM)).segment();
        byte[] code = HexFormat.ofDelimiter(" ").parseHex(WRITE_PAGE_2);
        MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, CODE, code.length);
        vm.ioctls()
                .setUserMemoryRegion2(KvmUserspaceMemoryRegion2.allocate(arena)
                        .flags((int) KvmConstants.KVM_MEM_GUEST_MEMFD)
                        .memorySize(RAM)
                        .userspaceAddr(memory.address())
                        .guestMemfd(memfd.fd()));
        Vcpu vcpu = vm.createVcpu(0);
        start(vcpu);
        run(vcpu, KvmExit.Hlt.class);
        assertEquals(1, memory.get(ValueLayout.JAVA_BYTE, 0x2000));
    }

    /** A kernel that is older than the flags refuses them as such: the ioctl is there all the same. */
    private static ErrnoException lacksFlags(Executable call) {
        ErrnoException e = assertThrows(ErrnoException.class, call);
        return ErrnoException.of(e.errno(), e.call(), "flags", "KVM_CAP_GUEST_MEMFD_FLAGS", false);
    }

    /** No host of these tests has memory encryption. */
    private static void assertNotEncrypted(Executable call) {
        ErrnoException e = assertThrows(ErrnoException.class, call);
        assertTrue(e.errno() == Errno.ENOTTY || e.errno() == Errno.EINVAL, e::getMessage);
    }

    @Test
    void memoryEncryptOp() {
        KvmSevCmd command = KvmSevCmd.allocate(arena).id(X86Constants.KVM_SEV_GUEST_STATUS);
        assertNotEncrypted(() -> ioctls.memoryEncryptOp(command));
    }

    @Test
    void memoryEncryptRegRegion() {
        assertNotEncrypted(() -> ioctls.memoryEncryptRegRegion(KvmEncRegion.allocate(arena)));
    }

    @Test
    void memoryEncryptUnregRegion() {
        assertNotEncrypted(() -> ioctls.memoryEncryptUnregRegion(KvmEncRegion.allocate(arena)));
    }

    @Test
    void hypervEventfd() {
        EventFd event = closing(EventFd.create());
        KvmHypervEventfd assign = KvmHypervEventfd.allocate(arena).connId(1).fd(event.fd());
        needs(Capability.KVM_CAP_HYPERV_EVENTFD, () -> ioctls.hypervEventfd(assign));
        ioctls.hypervEventfd(assign);
        fails(Errno.EEXIST, () -> ioctls.hypervEventfd(assign));
        assign.flags(X86Constants.KVM_HYPERV_EVENTFD_DEASSIGN);
        ioctls.hypervEventfd(assign);
        fails(Errno.ENOENT, () -> ioctls.hypervEventfd(assign));
    }

    @Test
    void xenHvmConfig() {
        KvmXenHvmConfig config =
                KvmXenHvmConfig.allocate(arena).msr(0x40000000).flags(X86Constants.KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL);
        needs(Capability.KVM_CAP_XEN_HVM, () -> ioctls.xenHvmConfig(config));
        ioctls.xenHvmConfig(config);
        fails(Errno.EINVAL, () -> ioctls.xenHvmConfig(config.flags(1 << 31)));
    }

    private KvmXenHvmAttr longMode() {
        return KvmXenHvmAttr.allocate(arena).type(X86Constants.KVM_XEN_ATTR_TYPE_LONG_MODE);
    }

    @Test
    void xenHvmSetAttr() {
        KvmXenHvmAttr attribute = longMode();
        attribute.u().longMode(1);
        needs(Capability.KVM_CAP_XEN_HVM, () -> ioctls.xenHvmSetAttr(attribute));
        ioctls.xenHvmSetAttr(attribute);
        KvmXenHvmAttr again = longMode();
        x86().xenHvmGetAttr(again);
        assertEquals(1, again.u().longMode());
    }

    @Test
    void xenHvmGetAttr() {
        KvmXenHvmAttr attribute = longMode();
        needs(Capability.KVM_CAP_XEN_HVM, () -> ioctls.xenHvmGetAttr(attribute));
        ioctls.xenHvmGetAttr(attribute);
        assertEquals(0, attribute.u().longMode());
        assertThrows(ErrnoException.class, () -> ioctls.xenHvmGetAttr(attribute.type(1000)));
    }

    @Test
    void xenHvmEvtchnSend() {
        KvmIrqRoutingXenEvtchn event =
                KvmIrqRoutingXenEvtchn.allocate(arena).port(1).priority(0);
        needs(Capability.KVM_CAP_XEN_HVM, () -> ioctls.xenHvmEvtchnSend(event));
        fails(Errno.EINVAL, () -> ioctls.xenHvmEvtchnSend(event));
    }
}
