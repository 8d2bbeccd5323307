package io.kvm4j.state;

import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Gives a vCPU the MSRs of a state, in three steps, since some decide whether KVM takes others. What has its value already is
 * left alone: many can be read only, and some do things when they are written.
 */
final class MsrRestore {
    private static final int FEATURE_CONTROL = 0x3a;
    private static final int FIRST_VMX = 0x480;
    private static final int LAST_VMX = 0x493;
    private static final int TSC_DEADLINE = 0x6e0;

    private final MsrRequests requests;
    private final List<Msr> saved;
    private final List<RefusedMsr> refused = new ArrayList<>();

    MsrRestore(X86VcpuIoctls ioctls, List<Msr> saved) {
        this.requests = new MsrRequests(ioctls);
        this.saved = saved;
    }

    /** Sets what nested virtualization depends on, before its state. */
    void setFirst() {
        set(MsrRestore::isFirst);
    }

    /** Sets all others but the time stamp counter and its deadline, once the special registers and the APIC are set. */
    void set() {
        set(msr -> !isFirst(msr) && msr.index() != VcpuTsc.MSR && !isLast(msr));
    }

    /** Sets the time stamp counter. */
    void setTsc() {
        set(msr -> msr.index() == VcpuTsc.MSR);
    }

    /** Arms the APIC's timer, which needs the time stamp counter and the APIC to be as they were. */
    void setLast() {
        set(MsrRestore::isLast);
    }

    private static boolean isFirst(Msr msr) {
        return msr.index() == FEATURE_CONTROL || (msr.index() >= FIRST_VMX && msr.index() <= LAST_VMX);
    }

    private static boolean isLast(Msr msr) {
        return msr.index() == TSC_DEADLINE;
    }

    private void set(Predicate<Msr> which) {
        List<Msr> wanted = saved.stream().filter(which).toList();
        List<Msr> present = requests.read(wanted, new ArrayList<>());
        List<Msr> changed = new ArrayList<>(wanted);
        changed.removeAll(present);
        Map<Integer, Long> before = new HashMap<>();
        present.forEach(msr -> before.put(msr.index(), msr.value()));
        for (Msr msr : requests.set(changed)) {
            refused.add(new RefusedMsr(msr.index(), msr.value(), before.getOrDefault(msr.index(), 0L)));
        }
    }

    /** What KVM did not take. */
    List<RefusedMsr> refused() {
        return refused;
    }
}
