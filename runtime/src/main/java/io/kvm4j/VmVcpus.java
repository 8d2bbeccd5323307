package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.KvmVmIoctls;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** The vCPUs of a VM, and the descriptors of those that were closed. Used under the VM's lock. */
final class VmVcpus {
    private final Vm vm;
    private final List<Vcpu> vcpus = new ArrayList<>();
    private final VcpuDescriptors descriptors = new VcpuDescriptors();
    private volatile boolean isRefusing;

    VmVcpus(Vm vm) {
        this.vm = vm;
    }

    /**
     * Creates a vCPU.
     *
     * @param created takes note of it; what it throws is thrown, and then there is no vCPU
     */
    Vcpu create(KvmVmIoctls ioctls, int id, Consumer<Vcpu> created) {
        if (isRefusing) {
            throw new IllegalStateException("the VM is closed");
        }
        Descriptor descriptor = descriptors.take(ioctls, id);
        try {
            return create(descriptor, id, created);
        } catch (Throwable e) {
            throw Cleanup.after(e).run(() -> descriptors.keep(id, descriptor)).rethrow();
        }
    }

    private Vcpu create(Descriptor descriptor, int id, Consumer<Vcpu> created) {
        Vcpu vcpu = Vcpu.over(descriptor, id, vm);
        try {
            vcpus.add(vcpu);
            descriptors.begin(vcpu);
            created.accept(vcpu);
            return vcpu;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(vcpu::close).rethrow();
        }
    }

    /** Refuses to create any more. One that is being created is among those that a close finds. Needs no lock. */
    void refuse() {
        isRefusing = true;
    }

    /** Returns whether no vCPU is left, closed or not, that a thread may be inside of. */
    boolean isEmpty() {
        return vcpus.isEmpty();
    }

    /** Returns those that are not closed, in the order of their ids. */
    List<Vcpu> open() {
        return vcpus.stream()
                .filter(vcpu -> !vcpu.isClosed())
                .sorted(Comparator.comparingInt(Vcpu::id))
                .toList();
    }

    /** Forgets a vCPU that no thread is inside of any more. */
    void released(Vcpu vcpu, Descriptor descriptor) {
        vcpus.remove(vcpu);
        descriptors.keep(vcpu.id(), descriptor);
    }

    void closeDescriptors() {
        descriptors.close();
    }

    /**
     * Refuses all use of all vCPUs, and closes them. The VM's lock is not held meanwhile: the thread that is inside a vCPU
     * takes it when it leaves.
     */
    void close(Object lock) {
        List<Vcpu> all;
        synchronized (lock) {
            all = List.copyOf(vcpus);
        }
        all.forEach(Vcpu::refuseUse);
        long deadline = ExclusiveUse.deadline();
        Cleanup cleanup = new Cleanup();
        for (Vcpu vcpu : all) {
            cleanup.run(() -> vcpu.close(deadline));
        }
        cleanup.finish();
    }
}
