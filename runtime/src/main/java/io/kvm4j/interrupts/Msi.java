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
     * @param apicId the processor's APIC, from 0: the number of the vCPU unless its guest changed it. Those above 255 can
     *     be reached only after {@link io.kvm4j.X86Vm#use32BitApicIds}, and 255 means every processor before
     * @param vector the interrupt's vector, 16 to 255
     */
    public static Msi toApic(int apicId, int vector) {
        if (apicId < 0 || vector < 16 || vector > BYTE_MAX) {
            throw new IllegalArgumentException(
                    "there is no vector %d of APIC %d: vectors go from 16 to 255, APIC ids from 0"
                            .formatted(vector, apicId));
        }
        long low = (long) (apicId & BYTE_MAX) << APIC_ID_SHIFT;
        long high = (long) (apicId & ~BYTE_MAX) << Integer.SIZE;
        return of(LOCAL_APICS | low | high, vector);
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
     * Delivers it: {@code KVM_SIGNAL_MSI}. Any thread may call this, and it allocates nothing unless the APIC id is above
     * 255.
     *
     * @return whether it reached a processor: false if the guest blocks it, or no processor is meant
     * @throws IllegalStateException if the VM has no interrupt controller in the kernel, or is closed; or if the message is
     *     for an APIC id above 255 and {@link io.kvm4j.X86Vm#use32BitApicIds} was not called
     * @throws ErrnoException if KVM refuses it for another reason
     */
    public boolean signal(Vm vm) {
        try {
            ApicIds.requireReachable(this, vm);
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
