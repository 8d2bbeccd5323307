package io.kvm4j.interrupts;

import io.kvm4j.uapi.GsiRoutes;
import io.kvm4j.uapi.KvmIrqRoutingEntry;
import io.kvm4j.uapi.UapiValue;

/** Where a global interrupt (GSI) goes: one row of a {@link GsiRouting}. */
public sealed interface GsiRoute {
    /** The number of the global interrupt. */
    int gsi();

    /** Writes what KVM takes. */
    void writeTo(KvmIrqRoutingEntry entry);

    /** Whether KVM allows both, if they are of the same interrupt. */
    default boolean isCompatibleWith(GsiRoute other) {
        return false;
    }

    /**
     * To an input of an interrupt controller in the kernel. One interrupt may go to several controllers.
     *
     * @param gsi the global interrupt
     * @param chip the controller, on x86_64 an {@link io.kvm4j.uapi.x86_64.IrqchipId}
     * @param pin its input
     */
    record ToPin(int gsi, UapiValue chip, int pin) implements GsiRoute {
        @Override
        public void writeTo(KvmIrqRoutingEntry entry) {
            GsiRoutes.toIrqchip(entry, gsi, chip.number(), pin);
        }

        @Override
        public boolean isCompatibleWith(GsiRoute other) {
            return other instanceof ToPin pin && pin.chip.number() != chip.number();
        }
    }

    /**
     * To a message signalled interrupt.
     *
     * @param gsi the global interrupt
     * @param msi the message
     */
    record ToMsi(int gsi, Msi msi) implements GsiRoute {
        @Override
        public void writeTo(KvmIrqRoutingEntry entry) {
            if (msi.device().isPresent()) {
                GsiRoutes.toMsi(
                        entry, gsi, msi.address(), msi.data(), msi.device().getAsInt());
            } else {
                GsiRoutes.toMsi(entry, gsi, msi.address(), msi.data());
            }
        }
    }

    /**
     * To a synthetic interrupt of Hyper-V.
     *
     * @param gsi the global interrupt
     * @param vcpu the vCPU that gets it
     * @param sint the number of the synthetic interrupt
     */
    record ToHypervSint(int gsi, int vcpu, int sint) implements GsiRoute {
        @Override
        public void writeTo(KvmIrqRoutingEntry entry) {
            GsiRoutes.toHypervSint(entry, gsi, vcpu, sint);
        }
    }

    /**
     * To an event channel of Xen.
     *
     * @param gsi the global interrupt
     * @param port the channel
     * @param vcpu the vCPU that gets it
     */
    record ToXenEventChannel(int gsi, int port, int vcpu) implements GsiRoute {
        @Override
        public void writeTo(KvmIrqRoutingEntry entry) {
            GsiRoutes.toXenEventChannel(entry, gsi, port, vcpu);
        }
    }
}
