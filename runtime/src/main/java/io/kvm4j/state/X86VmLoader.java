package io.kvm4j.state;

import io.kvm4j.Vm;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ClockFlag;
import io.kvm4j.uapi.ClockFlags;
import io.kvm4j.uapi.KvmClockData;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.Arena;
import java.util.List;

/** Gives a VM of x86_64 its state, once its vCPUs have theirs. */
final class X86VmLoader {
    private final Vm vm;
    private final X86VmIoctls ioctls;
    private final X86VmParts parts;
    private final List<Omission> omissions;

    X86VmLoader(Vm vm, X86VmParts parts, List<Omission> omissions) {
        this.vm = vm;
        this.ioctls = vm.x86().ioctls();
        this.parts = parts;
        this.omissions = omissions;
    }

    /** Sets everything. Returns by how many nanoseconds the clock was advanced. */
    long load(GuestClock clock) {
        if (parts.pit() != null) {
            ioctls.setPit2(parts.pit());
        }
        long elapsed = parts.clock() == null ? 0 : setClock(parts.clock(), clock);
        parts.irqchips().forEach(ioctls::setIrqchip);
        return elapsed;
    }

    /** Its flags say what holds of the saved value; KVM_SET_CLOCK takes only the one that has it catch up. */
    private long setClock(KvmClockData saved, GuestClock clock) {
        try (Arena call = Arena.ofConfined()) {
            KvmClockData set = KvmClockData.allocate(call).clock(saved.clock());
            if (clock == GuestClock.CATCH_UP && canCatchUp(saved)) {
                ioctls.setClock(set.flags(ClockFlag.KVM_CLOCK_REALTIME).realtime(saved.realtime()));
                KvmClockData now = KvmClockData.allocate(call);
                ioctls.getClock(now);
                return Math.max(0, now.clock() - saved.clock());
            }
            ioctls.setClock(set);
            return 0;
        }
    }

    private boolean canCatchUp(KvmClockData saved) {
        if (!hasRealtime(saved.flagsSet())) {
            omissions.add(new Omission(
                    X86VmParts.CLOCK,
                    "the kernel that it was saved on told no CLOCK_REALTIME: the clocks do not catch up"));
            return false;
        }
        if (!hasRealtime(ClockFlags.ofBits(vm.checkExtension(Capability.KVM_CAP_ADJUST_CLOCK)))) {
            omissions.add(
                    new Omission(X86VmParts.CLOCK, "this kernel lacks KVM_CLOCK_REALTIME: the clocks do not catch up"));
            return false;
        }
        return true;
    }

    private static boolean hasRealtime(ClockFlags flags) {
        return flags.contains(ClockFlag.KVM_CLOCK_REALTIME);
    }
}
