package io.kvm4j.events;

import io.kvm4j.Vm;
import io.kvm4j.VmPart;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.uapi.IoeventfdFlag;
import io.kvm4j.uapi.KvmIoeventfd;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;

/**
 * A doorbell: certain writes of the guest signal an {@link EventFd} and do nothing else. They do not come back from
 * KVM_RUN, so that the vCPU goes on at once while another thread does the work: {@code KVM_IOEVENTFD}.
 *
 * <p>It keeps the event's counter until it is closed, whether its {@link EventFd} is closed before or not.
 */
public final class Ioeventfd extends VmPart {
    private final GuestWrite write;
    private final EventFd event;

    private Ioeventfd(Vm vm, GuestWrite write, EventFd event) {
        super(vm);
        this.write = write;
        this.event = event;
    }

    /**
     * Lets writes of the guest signal an event, also while it runs.
     *
     * @throws io.kvm4j.uapi.ErrnoException with EEXIST if such writes signal something already, ENOSPC if there are too
     *     many in the VM
     * @throws IllegalStateException if the VM or the event is closed
     */
    public static Ioeventfd on(Vm vm, GuestWrite write, EventFd event) {
        Ioeventfd bell = new Ioeventfd(vm, write, event.duplicate());
        try (Arena call = Arena.ofConfined()) {
            KvmIoeventfd struct = bell.struct(call);
            bell.begin(ioctls -> ioctls.ioeventfd(struct));
            return bell;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(bell.event::close).rethrow();
        }
    }

    private KvmIoeventfd struct(Arena arena) {
        return write.to(KvmIoeventfd.allocate(arena).fd(event.fd()));
    }

    /** The writes that ring it. */
    public GuestWrite write() {
        return write;
    }

    @Override
    protected void end(KvmVmIoctls ioctls) {
        new Cleanup().run(() -> deassign(ioctls)).run(event::close).finish();
    }

    private void deassign(KvmVmIoctls ioctls) {
        try (Arena call = Arena.ofConfined()) {
            KvmIoeventfd struct = struct(call);
            ioctls.ioeventfd(struct.flags(struct.flagsSet().with(IoeventfdFlag.KVM_IOEVENTFD_FLAG_DEASSIGN)));
        }
    }

    /** What it is, for people. */
    @Override
    public String toString() {
        return "ioeventfd for " + write;
    }
}
