package io.kvm4j.injection;

import io.kvm4j.Kvm;
import io.kvm4j.MemoryBacking;
import io.kvm4j.MemorySlot;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.coalesced.CoalescedWrites;
import io.kvm4j.coalesced.CoalescedZone;
import io.kvm4j.debug.GuestDebug;
import io.kvm4j.dirty.DirtyRings;
import io.kvm4j.events.EventFd;
import io.kvm4j.events.GuestWrite;
import io.kvm4j.events.Ioeventfd;
import io.kvm4j.interrupts.Irqfd;
import io.kvm4j.stats.Statistics;
import io.kvm4j.uapi.Capability;
import java.lang.foreign.Arena;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The life of a VM that has what the runtime offers, with guests that never exit. */
final class VmScenario implements Scenario {
    private static final byte[] SPIN = {(byte) 0xeb, (byte) 0xfe};
    private static final Duration MOMENT = Duration.ofMillis(1);

    @Override
    public void run() throws Exception {
        try (Kvm kvm = Kvm.open();
                Arena callers = Arena.ofShared();
                EventFd trigger = EventFd.create();
                EventFd level = EventFd.create();
                EventFd resample = EventFd.create();
                EventFd bell = EventFd.create();
                Vm vm = kvm.createVm()) {
            vm.x86().createIrqchip();
            DirtyRings rings = rings(vm);
            MemorySlot ram = addMemory(vm, callers);
            Irqfd.edge(vm, trigger, 4);
            Irqfd.level(vm, level, resample, 5).close();
            Ioeventfd.on(vm, GuestWrite.toPort(0x10), bell);
            Ioeventfd.on(vm, GuestWrite.toAddress(0x800000), bell).close();
            CoalescedZone.ofAddresses(vm, 0x900000, 0x1000);
            CoalescedZone.ofAddresses(vm, 0xa00000, 0x1000).close();
            run(vm, ram, rings);
            bell.await(MOMENT);
        }
    }

    private static @Nullable DirtyRings rings(Vm vm) {
        return vm.checkExtension(Capability.KVM_CAP_DIRTY_LOG_RING_ACQ_REL) > 0 ? DirtyRings.enable(vm, 1024) : null;
    }

    private static MemorySlot addMemory(Vm vm, Arena callers) {
        MemorySlot ram = vm.addMemory(0, 0x10000);
        ram.write(0x1000, SPIN);
        ram.logDirtyPages(true);
        vm.addMemory(0x100000, MemoryBacking.memfd(0x4000)).close();
        vm.addMemory(0x100000, MemoryBacking.memfd(0x4000)).moveTo(0x180000);
        vm.addMemory(0x200000, MemoryBacking.of(callers.allocate(0x4000, 0x1000)));
        if (vm.checkExtension(Capability.KVM_CAP_GUEST_MEMFD_FLAGS) == 3) {
            vm.addMemory(0x300000, MemoryBacking.guestMemfd(0x4000));
        }
        return ram;
    }

    private static void run(Vm vm, MemorySlot ram, @Nullable DirtyRings rings) throws Exception {
        Vcpu first = vcpu(vm, 0);
        Vcpu second = vcpu(vm, 1);
        CoalescedWrites.of(first, (isPort, address, length, value) -> {});
        Statistics.of(vm).refresh();
        Statistics.of(second).close();
        try (GuestDebug debug = new GuestDebug(first)) {
            debug.singleStep(true);
        }
        first.start(VmScenario::spin);
        try (VcpuThread thread = second.start(VmScenario::spin)) {
            Thread.sleep(MOMENT);
            thread.kick();
        }
        vm.threads().pauseAndWait();
        vm.threads().resume();
        if (rings != null) {
            rings.take(ram);
        }
        second.close();
        vcpu(vm, 1).start(VmScenario::spin);
        Thread.sleep(MOMENT);
        vm.threads().stop();
        vm.threads().join();
    }

    private static Vcpu vcpu(Vm vm, int id) {
        Vcpu vcpu = vm.createVcpu(id);
        vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
        vcpu.x86().setRegs(r -> r.rip(0x1000).rflags(2));
        return vcpu;
    }

    private static void spin(VcpuThread cpu) {
        while (cpu.run()) {
            cpu.exit();
        }
    }
}
