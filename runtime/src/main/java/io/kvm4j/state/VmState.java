package io.kvm4j.state;

import io.kvm4j.Vm;
import java.io.IOException;
import java.io.InputStream;

/**
 * The state of a VM besides its memory and vCPUs: its clock, its interrupt controllers and its timer, so far as they are in
 * the kernel. See the package for the order in which a machine is restored. On x86_64 only.
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
     * Creates in a new VM the devices that the saved one had, before it has vCPUs.
     *
     * @throws io.kvm4j.uapi.ErrnoException if the VM has devices or vCPUs already
     */
    public void createDevices(Vm vm) {
        X86VmParts parts = X86VmParts.of(image());
        if (!parts.irqchips().isEmpty()) {
            vm.x86().createIrqchip();
        }
        if (parts.pit() != null) {
            vm.x86().createPit(parts.pitFlags());
        }
    }

    /**
     * Gives the state to a VM whose vCPUs have theirs.
     *
     * @throws io.kvm4j.uapi.ErrnoException with ENXIO if the VM lacks a device, see {@link #createDevices}
     */
    public void restore(Vm vm) {
        X86VmParts.of(image()).load(vm.x86().ioctls());
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
