package io.kvm4j.interrupts;

import io.kvm4j.Vm;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmIrqRouting;
import io.kvm4j.uapi.x86_64.IrqchipId;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Where every global interrupt (GSI) of a VM goes. It is a value: {@link #with} and {@link #without} make new ones, and
 * {@link #setOn} replaces all that the VM had, at once and also while it runs.
 *
 * <pre>{@code
 * GsiRouting routing = GsiRouting.ofPc().with(new GsiRoute.ToMsi(24, Msi.toApic(0, 0x41)));
 * routing.setOn(vm);
 * }</pre>
 *
 * @param routes its rows
 */
public record GsiRouting(List<GsiRoute> routes) {
    private static final int PIC_PINS = 8;
    private static final int IOAPIC_PINS = 24;

    /**
     * Checks what KVM would refuse without saying why.
     *
     * @throws IllegalArgumentException if an interrupt goes to two places that exclude each other: only the pins of
     *     different controllers do not
     */
    public GsiRouting {
        routes = List.copyOf(routes);
        for (int i = 0; i < routes.size(); i++) {
            for (GsiRoute earlier : routes.subList(0, i)) {
                requireCompatible(routes.get(i), earlier);
            }
        }
    }

    private static void requireCompatible(GsiRoute route, GsiRoute earlier) {
        if (route.gsi() == earlier.gsi() && !route.isCompatibleWith(earlier)) {
            throw new IllegalArgumentException("KVM does not take %s beside %s".formatted(route, earlier));
        }
    }

    /** A routing without any route. */
    public static GsiRouting empty() {
        return new GsiRouting(List.of());
    }

    /**
     * The routing that {@link io.kvm4j.X86Vm#createIrqchip} begins with: GSI 0 to 15 to the PICs and the I/O APIC, 16 to 23 to
     * the I/O APIC alone.
     */
    public static GsiRouting ofPc() {
        List<GsiRoute> routes = new ArrayList<>();
        for (int gsi = 0; gsi < IOAPIC_PINS; gsi++) {
            routes.add(new GsiRoute.ToPin(gsi, IrqchipId.KVM_IRQCHIP_IOAPIC, gsi));
            if (gsi < PIC_PINS) {
                routes.add(new GsiRoute.ToPin(gsi, IrqchipId.KVM_IRQCHIP_PIC_MASTER, gsi));
            } else if (gsi < 2 * PIC_PINS) {
                routes.add(new GsiRoute.ToPin(gsi, IrqchipId.KVM_IRQCHIP_PIC_SLAVE, gsi - PIC_PINS));
            }
        }
        return new GsiRouting(routes);
    }

    /**
     * This and one route more.
     *
     * @throws IllegalArgumentException if the interrupt goes elsewhere already: {@link #without} takes that away
     */
    public GsiRouting with(GsiRoute route) {
        List<GsiRoute> more = new ArrayList<>(routes);
        more.add(route);
        return new GsiRouting(more);
    }

    /** This without all routes of an interrupt. */
    public GsiRouting without(int gsi) {
        return new GsiRouting(routes.stream().filter(r -> r.gsi() != gsi).toList());
    }

    /**
     * Makes a VM route its interrupts so, and no others: {@code KVM_SET_GSI_ROUTING}.
     *
     * @throws IllegalArgumentException if it has more routes, or interrupts of higher numbers, than KVM allows
     * @throws IllegalStateException if the VM has no interrupt controller in the kernel, or a route needs a pin that a
     *     split one lacks, or an APIC id above 255 that needs {@link io.kvm4j.X86Vm#use32BitApicIds}; or if the VM is closed
     * @throws ErrnoException with EINVAL if a controller has no such pin
     */
    public void setOn(Vm vm) {
        requireWithin(vm.checkExtension(Capability.KVM_CAP_IRQ_ROUTING));
        requireReachable(vm);
        try (Arena call = Arena.ofConfined()) {
            KvmIrqRouting table = KvmIrqRouting.allocate(call, routes.size());
            for (int i = 0; i < routes.size(); i++) {
                routes.get(i).writeTo(table.entry(i));
            }
            vm.routeInterrupts(table);
        } catch (ErrnoException e) {
            throw routes.stream().anyMatch(GsiRoute.ToPin.class::isInstance)
                    ? Refusal.explainPin(e, vm, "a route to a pin")
                    : Refusal.explain(e, vm);
        }
    }

    private void requireReachable(Vm vm) {
        for (GsiRoute route : routes) {
            if (route instanceof GsiRoute.ToMsi toMsi) {
                ApicIds.requireReachable(toMsi.msi(), vm);
            }
        }
    }

    private void requireWithin(int most) {
        int highest = routes.stream().mapToInt(GsiRoute::gsi).max().orElse(0);
        if (most > 0 && (routes.size() > most || highest >= most)) {
            throw new IllegalArgumentException(
                    "%d routes of interrupts up to GSI %d: KVM allows %d of each (KVM_CAP_IRQ_ROUTING)"
                            .formatted(routes.size(), highest, most));
        }
    }
}
