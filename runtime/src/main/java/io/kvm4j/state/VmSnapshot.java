package io.kvm4j.state;

import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state of a whole VM but its memory: of its vCPUs, of its devices in the kernel, of how it was set up, and what time it
 * is for the guest. Immutable. On x86_64 only.
 *
 * <pre>{@code
 * vm.threads().pauseAndWait();
 * VmSnapshot snapshot = VmSnapshot.save(vm);
 *
 * Vm fresh = kvm.createVm();                                  // give it the memory of the saved one
 * VmSnapshot.Restored restored = snapshot.restore(fresh);     // creates its devices and vCPUs
 * }</pre>
 *
 * <p>The vCPUs' time stamp counters keep their distances, however long the restore takes ({@code KVM_VCPU_TSC_OFFSET}); the
 * guest is told that it was paused ({@code KVM_KVMCLOCK_CTRL}). What the host's KVM cannot do is named in {@link
 * #omissions} and {@link Restored#omissions}.
 */
public final class VmSnapshot {
    private final VmState machine;
    private final List<VcpuState> vcpus;
    private final SnapshotIndex index;
    private final byte[] bytes;

    private VmSnapshot(SnapshotIndex index, VmState machine, List<VcpuState> vcpus) {
        this.index = index;
        this.machine = machine;
        this.vcpus = List.copyOf(vcpus);
        index.requireMatches(this.vcpus);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(index.toBytes());
        out.writeBytes(machine.toBytes());
        this.vcpus.forEach(vcpu -> out.writeBytes(vcpu.toBytes()));
        this.bytes = out.toByteArray();
    }

    /**
     * A VM that was restored.
     *
     * @param vcpus its vCPUs, in the order of the snapshot, none of which has run
     * @param omissions what this host could not restore, and why
     */
    public record Restored(List<Vcpu> vcpus, List<Omission> omissions) {
        /** Copies the lists. */
        public Restored {
            vcpus = List.copyOf(vcpus);
            omissions = List.copyOf(omissions);
        }
    }

    /**
     * Saves a VM. Its guest must be paused: {@link io.kvm4j.VcpuThreads#pauseAndWait}, or nothing calls {@link Vcpu#run}; it stays so. Each
     * vCPU's last exit is completed first, as {@link VcpuState#save} does.
     *
     * @throws IllegalStateException if a vCPU runs, another thread uses one, or the VM has none
     * @throws UnfinishedExitException if completing an exit leads to another, which must be handled before
     */
    public static VmSnapshot save(Vm vm) {
        List<Vcpu> vcpus = vm.vcpus();
        if (vcpus.isEmpty()) {
            throw new IllegalStateException("the VM has no vCPU to save");
        }
        if (!vm.threads().arePaused()) {
            throw new IllegalStateException(
                    "a vCPU of the VM runs: pause them all before it is saved (vm.threads().pauseAndWait())");
        }
        return exclusively(vcpus, () -> savePaused(vm, vcpus));
    }

    private static VmSnapshot savePaused(Vm vm, List<Vcpu> vcpus) {
        List<VcpuState> states = vcpus.stream().map(VcpuState::save).toList();
        VmState machine = VmState.save(vm);
        GuestTsc counters = countersOf(vcpus);
        List<Integer> ids = states.stream().map(VcpuState::id).toList();
        return new VmSnapshot(SnapshotIndex.of(ids, counters.read(), counters.isExact()), machine, states);
    }

    /** Calls a task while no other thread may use any of the vCPUs. */
    private static <T> T exclusively(List<Vcpu> vcpus, Supplier<T> task) {
        return vcpus.isEmpty()
                ? task.get()
                : vcpus.getFirst().exclusively(() -> exclusively(vcpus.subList(1, vcpus.size()), task));
    }

    private static GuestTsc countersOf(List<Vcpu> vcpus) {
        return new GuestTsc(vcpus.stream().map(VcpuTsc::new).toList());
    }

    /**
     * Restores a VM whose clocks go on from where they were: {@link #restore(Vm, GuestClock, Consumer)}.
     *
     * @throws StateRestoreException if this host cannot run the guest as it was
     */
    public Restored restore(Vm vm) {
        return restore(vm, GuestClock.CONTINUE);
    }

    /**
     * Restores a VM: {@link #restore(Vm, GuestClock, Consumer)}.
     *
     * @throws StateRestoreException if this host cannot run the guest as it was
     */
    public Restored restore(Vm vm, GuestClock clock) {
        return restore(vm, clock, refused -> {
            throw StateRestoreException.lacking(refused);
        });
    }

    /**
     * Restores a VM: creates its devices and vCPUs, and gives all of them their states in the order that KVM needs. Nothing
     * may run a vCPU before this returns.
     *
     * @param vm a new VM with the memory slots of the saved one, and neither devices nor vCPUs
     * @param clock what time it is for the guest
     * @param refused is given the MSRs of a vCPU that do not take their values, if there are some
     * @throws StateRestoreException if this host cannot run the guest as it was. As with any other exception, the VM is then
     *     to be closed
     * @throws ErrnoException if KVM refuses a part
     */
    public Restored restore(Vm vm, GuestClock clock, Consumer<List<RefusedMsr>> refused) {
        List<Omission> omissions = new ArrayList<>();
        machine.createDevices(vm);
        List<Vcpu> made = new ArrayList<>();
        try {
            for (VcpuState state : vcpus) {
                made.add(vm.createVcpu(state.id()));
            }
            exclusively(made, () -> {
                restore(vm, made, clock, refused, omissions);
                return null;
            });
        } catch (Throwable e) {
            throw Cleanup.after(e).closeAll(made).rethrow();
        }
        return new Restored(made, omissions);
    }

    private void restore(
            Vm vm, List<Vcpu> made, GuestClock clock, Consumer<List<RefusedMsr>> refused, List<Omission> omissions) {
        List<X86VcpuLoader> loaders = new ArrayList<>();
        for (int i = 0; i < made.size(); i++) {
            X86VcpuLoader loader = vcpus.get(i).loader(made.get(i));
            loader.loadAllButTime();
            loaders.add(loader);
        }
        long elapsed = machine.restore(vm, clock, omissions);
        restoreCounters(made, elapsed, omissions);
        for (X86VcpuLoader loader : loaders) {
            loader.startTimer();
            if (!loader.refused().isEmpty()) {
                refused.accept(loader.refused());
            }
        }
        made.forEach(vcpu -> tellPaused(vcpu, omissions));
    }

    private void restoreCounters(List<Vcpu> made, long elapsed, List<Omission> omissions) {
        GuestTsc counters = countersOf(made);
        if (!counters.isExact()) {
            omissions.add(new Omission(
                    SnapshotIndex.TSC,
                    "this KVM has no KVM_VCPU_TSC_OFFSET: the vCPUs' counters were set right after each other"));
        }
        if (!counters.write(index.tsc(), elapsed)) {
            omissions.add(new Omission(
                    SnapshotIndex.TSC, "this KVM shows guests the host's counter, and does not let it be set"));
        }
    }

    /** Sets PVCLOCK_GUEST_STOPPED for a guest that uses kvmclock, so that its watchdogs do not see a lockup. */
    private static void tellPaused(Vcpu vcpu, List<Omission> omissions) {
        if (vcpu.vm().checkExtension(Capability.KVM_CAP_KVMCLOCK_CTRL) == 0) {
            omissions.add(new Omission("PVCLOCK_GUEST_STOPPED", "the kernel lacks KVM_CAP_KVMCLOCK_CTRL"));
            return;
        }
        try {
            vcpu.x86().ioctls().kvmclockCtrl();
        } catch (ErrnoException e) {
            X86VcpuSaver.requireMeaningNone(e, Errno.EINVAL);
        }
    }

    /** The state of the VM's devices and setup. */
    public VmState machine() {
        return machine;
    }

    /** The states of its vCPUs, in the order of their ids. */
    public List<VcpuState> vcpus() {
        return vcpus;
    }

    /** What could not be saved of the VM or any of its vCPUs, and why. */
    public List<Omission> omissions() {
        return Stream.concat(
                        index.omissions().stream(),
                        Stream.concat(
                                machine.omissions().stream(), vcpus.stream().flatMap(v -> v.omissions().stream())))
                .distinct()
                .toList();
    }

    /** The bytes that {@link #parse} takes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Writes the bytes that {@link #readFrom} takes: it reads no more than these, so that other things may follow. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }

    /**
     * Reads a snapshot that was saved.
     *
     * @param bytes what {@link #toBytes} gave, and nothing else
     * @throws StateFormatException if they are anything else
     */
    public static VmSnapshot parse(byte[] bytes) {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        try {
            VmSnapshot snapshot = readFrom(in);
            if (in.available() > 0) {
                throw new StateFormatException("%d bytes follow the snapshot of a VM".formatted(in.available()));
            }
            return snapshot;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a snapshot that was saved, and leaves what follows it in the stream. Takes no more memory than the stream has
     * bytes, by a small factor.
     *
     * @throws StateFormatException if there is anything else
     * @throws IOException if the stream fails
     */
    public static VmSnapshot readFrom(InputStream in) throws IOException {
        SnapshotIndex index = SnapshotIndex.readFrom(in);
        VmState machine = VmState.readFrom(in);
        List<VcpuState> vcpus = new ArrayList<>();
        for (int i = 0; i < index.vcpuCount(); i++) {
            vcpus.add(VcpuState.readFrom(in));
        }
        return new VmSnapshot(index, machine, vcpus);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VmSnapshot that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** What it consists of, for people. */
    @Override
    public String toString() {
        return "snapshot of a VM with %d vCPUs, %d bytes: %s".formatted(vcpus.size(), bytes.length, machine);
    }
}
