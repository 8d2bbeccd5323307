package io.kvm4j.state;

import static io.kvm4j.state.X86VmParts.CLOCK;
import static io.kvm4j.state.X86VmParts.IRQCHIPS;
import static io.kvm4j.state.X86VmParts.PIT;
import static io.kvm4j.state.X86VmParts.PIT_CONFIG;

import io.kvm4j.Vm;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmClockData;
import io.kvm4j.uapi.KvmPitConfig;
import io.kvm4j.uapi.x86_64.KvmIrqchip;
import io.kvm4j.uapi.x86_64.KvmPitState2;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.Arena;

/** Reads the state of a VM of x86_64. */
final class X86VmSaver {
    private final Vm vm;
    private final X86VmIoctls ioctls;
    private final Arena arena;
    private final StateImage.Builder state = new StateImage.Builder(StateKind.VM);

    private X86VmSaver(Vm vm, Arena arena) {
        this.vm = vm;
        this.ioctls = vm.x86().ioctls();
        this.arena = arena;
    }

    static StateImage save(Vm vm) {
        try (Arena arena = Arena.ofConfined()) {
            return new X86VmSaver(vm, arena).save();
        }
    }

    private StateImage save() {
        X86VmSetup.save(vm.settings(), state, arena);
        saveClock();
        if (saveIrqchips()) {
            savePit();
        }
        return state.build();
    }

    private void saveClock() {
        if (vm.checkExtension(Capability.KVM_CAP_ADJUST_CLOCK) == 0) {
            state.omit(CLOCK, "the kernel lacks KVM_CAP_ADJUST_CLOCK");
            return;
        }
        KvmClockData clock = KvmClockData.allocate(arena);
        ioctls.getClock(clock);
        state.add(CLOCK, clock.segment());
    }

    /** Returns whether there are some. */
    private boolean saveIrqchips() {
        KvmIrqchip irqchip = KvmIrqchip.allocate(arena);
        try {
            for (int chip = 0; chip < IRQCHIPS.size(); chip++) {
                ioctls.getIrqchip(irqchip.chipId(chip));
                state.add(IRQCHIPS.get(chip), irqchip.segment());
            }
            return true;
        } catch (ErrnoException e) {
            X86VcpuSaver.requireMeaningNone(e, Errno.ENXIO);
            return false;
        }
    }

    private void savePit() {
        KvmPitState2 pit = KvmPitState2.allocate(arena);
        try {
            ioctls.getPit2(pit);
        } catch (ErrnoException e) {
            X86VcpuSaver.requireMeaningNone(e, Errno.ENXIO);
            return;
        }
        state.add(PIT, pit.segment());
        vm.x86()
                .pit()
                .ifPresentOrElse(
                        flags -> state.add(
                                PIT_CONFIG,
                                KvmPitConfig.allocate(arena).flags(flags).segment()),
                        () -> state.omit(PIT_CONFIG, "the timer was made by the ioctl itself, not by X86Vm.createPit"));
    }
}
