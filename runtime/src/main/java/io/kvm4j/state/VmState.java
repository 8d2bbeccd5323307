package io.kvm4j.state;

import io.kvm4j.Vm;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of a VM besides its memory and vCPUs: its clock, its interrupt controllers and its timer, so far as they are in
 * the kernel, and how it was set up (capabilities, routes of interrupts, filter of MSRs). It is a part of {@link VmSnapshot}, which saves and restores a whole VM. On x86_64 only.
 */
public final class VmState extends SavedState {
    private VmState(StateImage image) {
        super(image);
        X86VmParts.of(image);
    }

    /** Saves a VM, none of whose vCPUs runs. */
    public static VmState save(Vm vm) {
        return new VmState(X86VmSaver.save(vm));
    }

    /**
     * Creates in a new VM the devices that the saved one had, and sets it up as that was, before it has vCPUs.
     *
     * @throws io.kvm4j.uapi.ErrnoException if the VM has devices or vCPUs already
     */
    public void createDevices(Vm vm) {
        X86VmParts parts = X86VmParts.of(image());
        if (!parts.irqchips().isEmpty()) {
            vm.x86().createIrqchip();
        }
        parts.setup().enableCapabilities(vm);
        if (parts.pit() != null) {
            vm.x86().createPit(parts.pitFlags());
        }
        parts.setup().setRoutesAndFilter(vm);
    }

    /**
     * Gives the state to a VM whose vCPUs have theirs.
     *
     * @throws io.kvm4j.uapi.ErrnoException with ENXIO if the VM lacks a device, see {@link #createDevices}
     */
    public void restore(Vm vm) {
        restore(vm, GuestClock.CONTINUE, new ArrayList<>());
    }

    /**
     * Does what {@link #restore(Vm)} does.
     *
     * @param omissions takes what could not be restored
     * @return by how many nanoseconds the guest's clock was advanced
     */
    long restore(Vm vm, GuestClock clock, List<Omission> omissions) {
        return new X86VmLoader(vm, X86VmParts.of(image()), omissions).load(clock);
    }

    /**
     * Reads a state that was saved.
     *
     * @param bytes what {@link #toBytes} gave, and nothing else
     * @throws StateFormatException if they are anything else
     */
    public static VmState parse(byte[] bytes) {
        return parse(bytes, StateKind.VM, VmState::new);
    }

    /**
     * Reads a state that was saved, and leaves what follows it in the stream.
     *
     * @throws StateFormatException if there is anything else
     * @throws IOException if the stream fails
     */
    public static VmState readFrom(InputStream in) throws IOException {
        return new VmState(StateFormat.decode(StateKind.VM, in));
    }
}
