package io.kvm4j;

import io.kvm4j.posix.Architecture;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.KvmVmIoctls;
import java.util.HashMap;
import java.util.Map;

/**
 * The descriptors of a VM's vCPUs. KVM keeps a vCPU as long as the VM and creates none with the same number again, so that
 * the descriptor of one that was closed is kept for the next of that number. Used under the VM's lock.
 */
final class VcpuDescriptors {
    private final Map<Integer, Descriptor> free = new HashMap<>();
    private final Map<Integer, X86VcpuReset> whenNew = new HashMap<>();

    /**
     * Creates a vCPU, or takes one that was closed.
     *
     * @throws io.kvm4j.uapi.ErrnoException with EEXIST if the VM has the vCPU and it was not closed
     */
    Descriptor take(KvmVmIoctls ioctls, int id) {
        Descriptor kept = free.remove(id);
        if (kept != null) {
            return kept;
        }
        String name = "vCPU " + id;
        return Descriptor.owning(ioctls.createVcpu(id), name);
    }

    /** Gives a vCPU its CPUID, and one that was closed the state of a new one. */
    void begin(Vcpu vcpu) {
        if (Architecture.current() != Architecture.X86_64) {
            return;
        }
        X86VcpuReset state = whenNew.get(vcpu.id());
        if (state != null) {
            state.restore(vcpu);
        } else {
            vcpu.x86().setCpuid(vcpu.vm().x86().cpuidPolicy());
            whenNew.put(vcpu.id(), X86VcpuReset.of(vcpu));
        }
    }

    /** Keeps the descriptor of a vCPU that was closed. */
    void keep(int id, Descriptor descriptor) {
        free.put(id, descriptor);
    }

    /** Closes what is kept. */
    void close() {
        Cleanup all = new Cleanup().closeAll(free.values());
        free.clear();
        all.finish();
    }
}
