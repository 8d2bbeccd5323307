package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.uapi.KvmVmIoctls;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The parts of a VM besides memory and vCPUs. Used under the VM's lock. */
final class VmParts {
    private final List<VmPart> parts = new ArrayList<>();

    /** Adds a part, which the others must be compatible with. */
    void begin(VmPart part, KvmVmIoctls ioctls, Consumer<KvmVmIoctls> calls) {
        parts.forEach(part::requireCompatible);
        parts.add(part);
        try {
            calls.accept(ioctls);
        } catch (Throwable e) {
            throw Cleanup.after(e).run(() -> parts.remove(part)).rethrow();
        }
    }

    /** Ends a part, unless it has ended. */
    void end(VmPart part, KvmVmIoctls ioctls) {
        if (parts.remove(part)) {
            part.end(ioctls);
        }
    }

    void vcpuCreated(Vcpu vcpu) {
        parts.forEach(part -> part.vcpuCreated(vcpu));
    }

    List<VmPart> all() {
        return List.copyOf(parts);
    }
}
