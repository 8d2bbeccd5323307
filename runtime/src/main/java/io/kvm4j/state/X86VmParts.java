package io.kvm4j.state;

import io.kvm4j.uapi.KvmClockData;
import io.kvm4j.uapi.KvmPitConfig;
import io.kvm4j.uapi.PitConfigFlag;
import io.kvm4j.uapi.PitConfigFlags;
import io.kvm4j.uapi.x86_64.KvmIrqchip;
import io.kvm4j.uapi.x86_64.KvmPitState2;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a VM's state on x86_64, each of the size that its struct has.
 *
 * @param clock null if the kernel could not give it
 * @param irqchips all interrupt controllers, or none
 * @param pit the timer, null if there was none
 * @param pitConfig how the timer was made, null if that is unknown
 * @param setup how the VM was set up
 */
record X86VmParts(
        @Nullable KvmClockData clock,
        List<KvmIrqchip> irqchips,
        @Nullable KvmPitState2 pit,
        @Nullable KvmPitConfig pitConfig,
        X86VmSetup setup) {
    static final String CLOCK = "kvm_clock_data";
    static final String PIT = "kvm_pit_state2";
    static final String PIT_CONFIG = "kvm_pit_config";

    /** The interrupt controllers: the name of the part, in the order of KVM_IRQCHIP_*. */
    static final List<String> IRQCHIPS =
            List.of("kvm_irqchip of the master PIC", "kvm_irqchip of the slave PIC", "kvm_irqchip of the I/O APIC");

    private static final Set<String> KNOWN = Stream.of(Set.of(CLOCK, PIT, PIT_CONFIG), IRQCHIPS, X86VmSetup.PARTS)
            .flatMap(Collection::stream)
            .collect(Collectors.toUnmodifiableSet());

    /**
     * Looks at all parts of a state.
     *
     * @throws StateFormatException if one is missing, unknown or of another size
     */
    static X86VmParts of(StateImage image) {
        image.requireKnown(StateImage.X86_64, KNOWN);
        return new X86VmParts(
                image.fixed(CLOCK, KvmClockData.LAYOUT, KvmClockData::of),
                irqchips(image),
                image.fixed(PIT, KvmPitState2.LAYOUT, KvmPitState2::of),
                image.fixed(PIT_CONFIG, KvmPitConfig.LAYOUT, KvmPitConfig::of),
                X86VmSetup.of(image));
    }

    private static List<KvmIrqchip> irqchips(StateImage image) {
        List<KvmIrqchip> irqchips = new ArrayList<>();
        for (int chip = 0; chip < IRQCHIPS.size(); chip++) {
            String name = IRQCHIPS.get(chip);
            KvmIrqchip irqchip = image.fixed(name, KvmIrqchip.LAYOUT, KvmIrqchip::of);
            if (chip > 0 && irqchips.isEmpty() != (irqchip == null)) {
                throw new StateFormatException("the state of the VM has some interrupt controllers without the others");
            }
            if (irqchip != null) {
                if (irqchip.chipId() != chip) {
                    throw new StateFormatException("the %s is another one's".formatted(name));
                }
                irqchips.add(irqchip);
            }
        }
        return irqchips;
    }

    /** How the timer is to be made: with the speaker's port, as most VMMs do, unless it is known. */
    PitConfigFlags pitFlags() {
        return pitConfig == null ? PitConfigFlags.of(PitConfigFlag.KVM_PIT_SPEAKER_DUMMY) : pitConfig.flagsSet();
    }
}
