package io.kvm4j.state;

import io.kvm4j.Vcpu;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmDeviceAttr;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.MsrEntries;
import io.kvm4j.uapi.x86_64.X86Constants;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The time stamp counter of a vCPU in KVM. */
final class VcpuTsc implements GuestTsc.Counter {
    /** IA32_TSC. */
    static final int MSR = 0x10;

    private final Vcpu vcpu;
    private final X86VcpuIoctls ioctls;
    private final int khz;
    private final boolean hasOffset;

    VcpuTsc(Vcpu vcpu) {
        this.vcpu = vcpu;
        this.ioctls = vcpu.x86().ioctls();
        this.khz = frequency();
        this.hasOffset = khz != 0 && hasAttribute();
    }

    /** The host's counter is not stable where KVM does not tell the frequency. */
    private int frequency() {
        if (vcpu.vm().checkExtension(Capability.KVM_CAP_GET_TSC_KHZ) == 0) {
            return 0;
        }
        try {
            return ioctls.getTscKhz();
        } catch (ErrnoException e) {
            X86VcpuSaver.requireMeaningNone(e, Errno.EIO);
            return 0;
        }
    }

    private boolean hasAttribute() {
        if (vcpu.vm().checkExtension(Capability.KVM_CAP_VCPU_ATTRIBUTES) == 0) {
            return false;
        }
        try (Arena call = Arena.ofConfined()) {
            ioctls.hasDeviceAttr(attribute(call, call.allocate(ValueLayout.JAVA_LONG)));
            return true;
        } catch (ErrnoException e) {
            X86VcpuSaver.requireMeaningNone(e, Errno.ENXIO);
            return false;
        }
    }

    private static KvmDeviceAttr attribute(Arena call, MemorySegment value) {
        return KvmDeviceAttr.allocate(call)
                .group(X86Constants.KVM_VCPU_TSC_CTRL)
                .attr(X86Constants.KVM_VCPU_TSC_OFFSET)
                .addr(value.address());
    }

    @Override
    public boolean hasOffset() {
        return hasOffset;
    }

    @Override
    public int khz() {
        return khz;
    }

    @Override
    public long read() {
        try (Arena call = Arena.ofConfined()) {
            KvmMsrs entries = MsrEntries.of(call, MSR);
            requireOne(ioctls.getMsrs(entries), "read");
            return entries.entry(0).data();
        }
    }

    @Override
    public void write(long value) {
        try (Arena call = Arena.ofConfined()) {
            KvmMsrs entries = MsrEntries.of(call, MSR);
            entries.entry(0).data(value);
            requireOne(ioctls.setMsrs(entries), "set");
        }
    }

    private void requireOne(int done, String what) {
        if (done != 1) {
            throw new StateRestoreException(
                    "KVM does not let the time stamp counter of vCPU %d be %s".formatted(vcpu.id(), what));
        }
    }

    @Override
    public long offset() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment value = call.allocate(ValueLayout.JAVA_LONG);
            ioctls.getDeviceAttr(attribute(call, value));
            return value.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    @Override
    public void offset(long offset) {
        try (Arena call = Arena.ofConfined()) {
            ioctls.setDeviceAttr(attribute(call, call.allocateFrom(ValueLayout.JAVA_LONG, offset)));
        }
    }
}
