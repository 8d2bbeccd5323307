package io.kvm4j.cpuid;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a vCPU's CPUID instruction answers from what KVM supports. A value: each method returns another policy, and one
 * policy serves any number of vCPUs and hosts.
 *
 * <pre>{@code
 * CpuidPolicy policy = CpuidPolicy.standard()
 *         .topology(new Topology(1, 2, 2))          // one socket of two cores of two threads
 *         .without("KVM_FEATURE_PV_EOI", "rtm");
 * CpuidResult made = vcpu.x86().setCpuid(policy);
 * System.out.print(made);                           // a table of what was changed, and why
 * }</pre>
 *
 * <p>Every policy does this, since {@code KVM_GET_SUPPORTED_CPUID} answers for the host's processor that happened to ask:
 *
 * <ul>
 *   <li>leaves 1, 4, 0xB, 0x1F, and on AMD 0x8000001D, 0x8000001E and 0x80000008, carry the vCPU's own APIC id, and its
 *       place in the {@link Topology}
 *   <li>x2apic, tsc_deadline_timer and KVM_FEATURE_PV_UNHALT depend on whether the APIC is in the kernel, the timer also on
 *       {@code KVM_CAP_TSC_DEADLINE_TIMER}
 *   <li>the bit that says that there is a hypervisor is set
 *   <li>osxsave, ospke and apic, which follow the guest's registers, are cleared: KVM answers with their present values
 * </ul>
 *
 * <p>The same policy makes equal tables for equal ids on one host. See "CPUID" in the kernel's
 * Documentation/virt/kvm/x86/cpuid.rst and section 4.46 of Documentation/virt/kvm/api.rst.
 */
public final class CpuidPolicy {
    private static final CpuidFeature X2APIC = CpuidFeature.named("x2apic");
    private static final CpuidFeature TSC_DEADLINE = CpuidFeature.named("tsc_deadline_timer");
    private static final CpuidFeature PV_UNHALT = CpuidFeature.named("KVM_FEATURE_PV_UNHALT");
    private static final CpuidFeature HYPERVISOR = CpuidFeature.named("hypervisor");
    private static final List<CpuidFeature> OF_THE_MOMENT =
            Stream.of("osxsave", "ospke", "apic").map(CpuidFeature::named).toList();
    private static final List<CpuidFeature> OF_THE_VM = Stream.concat(
                    OF_THE_MOMENT.stream(),
                    Stream.of(
                            X2APIC,
                            TSC_DEADLINE,
                            PV_UNHALT,
                            HYPERVISOR,
                            CpuidFeature.named("ht"),
                            CpuidFeature.named("cmp_legacy")))
            .toList();

    private static final CpuidPolicy STANDARD = new CpuidPolicy(Topology.SEPARATE, null, List.of());

    private final Topology topology;
    private final @Nullable Cpuid template;
    private final List<Adjustment> adjustments;

    /** Bits that the caller wants. */
    private record Adjustment(int function, int index, CpuidRegister register, int mask, int value, String reason) {
        static Adjustment of(CpuidFeature feature, boolean present) {
            return new Adjustment(
                    feature.function(),
                    feature.index(),
                    feature.register(),
                    feature.mask(),
                    present ? feature.mask() : 0,
                    (present ? "with " : "without ") + feature);
        }
    }

    private CpuidPolicy(Topology topology, @Nullable Cpuid template, List<Adjustment> adjustments) {
        this.topology = topology;
        this.template = template;
        this.adjustments = adjustments;
    }

    /** Returns the policy of {@link io.kvm4j.Vm#createVcpu}: everything that KVM supports, each vCPU a socket of its own. */
    public static CpuidPolicy standard() {
        return STANDARD;
    }

    /** Groups the vCPUs. */
    public CpuidPolicy topology(Topology topology) {
        return new CpuidPolicy(topology, template, adjustments);
    }

    /**
     * Levels the guest to a template, so that it sees the same on each of several hosts: {@link Cpuid#intersection} of what
     * they support.
     */
    public CpuidPolicy template(Cpuid template) {
        return new CpuidPolicy(topology, template, adjustments);
    }

    /**
     * Masks features.
     *
     * @param names see {@link CpuidFeature#named}
     */
    public CpuidPolicy without(String... names) {
        return without(named(names));
    }

    /** Masks features. */
    public CpuidPolicy without(CpuidFeature... features) {
        return adjusted(Stream.of(features).map(f -> Adjustment.of(f, false)));
    }

    /**
     * Adds features, also ones that KVM does not say it supports; the guest may then find that they do not work.
     *
     * @param names see {@link CpuidFeature#named}
     */
    public CpuidPolicy with(String... names) {
        return with(named(names));
    }

    /** Adds features, also ones that KVM does not say it supports. */
    public CpuidPolicy with(CpuidFeature... features) {
        return adjusted(Stream.of(features).map(f -> Adjustment.of(f, true)));
    }

    /**
     * Sets some bits of a register.
     *
     * @param function the leaf
     * @param index the subleaf
     * @param register the register
     * @param mask the bits that are set to those of {@code value}; others stay
     * @param value the bits
     */
    public CpuidPolicy with(int function, int index, CpuidRegister register, int mask, int value) {
        return adjusted(Stream.of(new Adjustment(function, index, register, mask, value, "asked for")));
    }

    private CpuidPolicy adjusted(Stream<Adjustment> more) {
        return new CpuidPolicy(
                topology, template, Stream.concat(adjustments.stream(), more).toList());
    }

    private static CpuidFeature[] named(String... names) {
        return Stream.of(names).map(CpuidFeature::named).toArray(CpuidFeature[]::new);
    }

    /**
     * Makes the table of a vCPU.
     *
     * @param supported what KVM supports on this host: {@link io.kvm4j.X86Vm#supportedCpuid}
     * @param vcpu the vCPU
     * @throws IllegalArgumentException if the topology has no place for the vCPU, or this host lacks a feature of the
     *     template
     */
    public CpuidResult apply(Cpuid supported, CpuidTarget vcpu) {
        topology.requireHas(vcpu.vcpuId());
        CpuidEdit edit = new CpuidEdit(supported);
        if (template != null) {
            edit.become(leveled(template, supported), "leveled to the template");
        }
        new CpuidTopology(edit, topology, vcpu.vcpuId()).write();
        writeInterruptController(edit, vcpu);
        edit.set(HYPERVISOR, true, "there is a hypervisor");
        OF_THE_MOMENT.forEach(f -> edit.set(f, false, f + " follows the guest's registers, KVM keeps it"));
        for (Adjustment a : adjustments) {
            if (a.value != 0) {
                edit.addMissing(a.function, a.index);
            }
            edit.set(a.function, a.index, a.register, a.mask, a.value, a.reason);
        }
        return edit.result();
    }

    private static void writeInterruptController(CpuidEdit edit, CpuidTarget vcpu) {
        if (vcpu.localApic()) {
            edit.set(
                    TSC_DEADLINE,
                    vcpu.tscDeadlineTimer(),
                    vcpu.tscDeadlineTimer() ? "the APIC in the kernel has the timer" : "KVM lacks the timer");
        } else {
            for (CpuidFeature feature : List.of(X2APIC, TSC_DEADLINE, PV_UNHALT)) {
                edit.set(feature, false, feature + " needs an APIC in the kernel");
            }
        }
    }

    private static Cpuid leveled(Cpuid template, Cpuid supported) {
        Cpuid common = CpuidIntersection.of(template, supported);
        List<String> lacking = new ArrayList<>();
        for (CpuidFeature feature : CpuidFeatureNames.BY_NAME.values()) {
            if (template.has(feature) && !common.has(feature) && !OF_THE_VM.contains(feature)) {
                lacking.add(feature.name());
            }
        }
        if (!lacking.isEmpty()) {
            throw new IllegalArgumentException(
                    "this host lacks what the template has: %s; make the template an intersection of all hosts"
                            .formatted(String.join(", ", lacking)));
        }
        return common;
    }
}
