package io.kvm4j.interrupts;

import io.kvm4j.Vm;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmMsi;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;

/**
 * A message signalled interrupt: what a device writes, and where to. Immutable; two are equal if they say the same. To
 * have one raised by an event, route a global interrupt to it: {@link GsiRoute.ToMsi}.
 */
public final class Msi {
    private static final long LOCAL_APICS = 0xfee00000L;
    private static final int APIC_ID_SHIFT = 12;
    private static final int BYTE_MAX = 0xff;

    private final long address;
    private final int data;
    private final OptionalInt device;

    /** The call that delivers it, made once so that each delivery allocates nothing. */
    private final ToIntFunction<KvmVmIoctls> signal;

    private Msi(long address, int data, OptionalInt device) {
        this.address = address;
        this.data = data;
        this.device = device;
        KvmMsi struct = KvmMsi.allocate(Arena.ofAuto())
                .addressLo((int) address)
                .addressHi((int) (address >>> Integer.SIZE))
                .data(data);
        device.ifPresent(id -> struct.flags(KvmConstants.KVM_MSI_VALID_DEVID).devid(id));
        this.signal = ioctls -> ioctls.signalMsi(struct);
    }

    /**
     * A message.
     *
     * @param address what the device writes to
     * @param data what it writes
     */
    public static Msi of(long address, int data) {
        return new Msi(address, data, OptionalInt.empty());
    }

    /**
     * A message of a certain device, where the interrupt controller translates messages by device (KVM_CAP_MSI_DEVID, an
     * ITS of arm64).
     *
     * @param device the device's number, on PCI made of bus, slot and function
     */
    public static Msi ofDevice(int device, long address, int data) {
        return new Msi(address, data, OptionalInt.of(device));
    }

    /**
     * The message that gives a processor of x86 an edge-triggered interrupt, in physical destination mode.
     *
     * @param apicId the processor's APIC, 0 to 255: the number of the vCPU unless its guest changed it
     * @param vector the interrupt's vector, 16 to 255
     */
    public static Msi toApic(int apicId, int vector) {
        if (apicId < 0 || apicId > BYTE_MAX || vector < 16 || vector > BYTE_MAX) {
            throw new IllegalArgumentException(
                    "there is no vector %d of APIC %d: both go up to 255, vectors from 16".formatted(vector, apicId));
        }
        return of(LOCAL_APICS | (long) apicId << APIC_ID_SHIFT, vector);
    }

    /** What the device writes to. */
    public long address() {
        return address;
    }

    /** What the device writes. */
    public int data() {
        return data;
    }

    /** The device's number, if the message has one. */
    public OptionalInt device() {
        return device;
    }

    /**
     * Delivers it: {@code KVM_SIGNAL_MSI}. Any thread may call this, and it allocates nothing.
     *
     * @return whether it reached a processor: false if the guest blocks it, or no processor is meant
     * @throws IllegalStateException if the VM has no interrupt controller in the kernel, or is closed
     * @throws ErrnoException if KVM refuses it for another reason
     */
    public boolean signal(Vm vm) {
        try {
            return vm.ask(signal) > 0;
        } catch (ErrnoException e) {
            throw Refusal.explain(e, vm);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Msi msi && msi.address == address && msi.data == data && msi.device.equals(device);
    }

    @Override
    public int hashCode() {
        return Objects.hash(address, data, device);
    }

    /** What it is, for people. */
    @Override
    public String toString() {
        return "MSI 0x%x to 0x%x".formatted(data, address)
                + (device.isPresent() ? " of device 0x%x".formatted(device.getAsInt()) : "");
    }
}
