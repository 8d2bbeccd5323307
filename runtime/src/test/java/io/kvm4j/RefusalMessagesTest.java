package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.KvmSregs2;
import java.lang.foreign.Arena;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What KVM refuses is named, not dumped. */
@RequiresKvm
class RefusalMessagesTest {
    private RealModeGuest guest;
    private Vcpu vcpu;

    @BeforeEach
    void open() {
        guest = new RealModeGuest(RealModeGuest.HLT);
        vcpu = guest.vcpu;
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private static String refused(Runnable call) {
        ErrnoException e = assertThrows(ErrnoException.class, call::run);
        String message = e.getMessage();
        assertFalse(message.contains("\n") || message.contains("pad=") || message.contains("cap=0x"), message);
        return message;
    }

    @Test
    void aRefusedCapabilityIsNamed() {
        String vm = refused(() -> guest.vm.enableCap(Capability.KVM_CAP_SPLIT_IRQCHIP, 0x1_0000, 0, 7));
        assertTrue(vm.startsWith("KVM_ENABLE_CAP(KVM_CAP_SPLIT_IRQCHIP, 0x10000, 0x0, 0x7): E"), vm);
        String ofVcpu = refused(() -> vcpu.enableCap(Capability.KVM_CAP_HLT));
        assertTrue(ofVcpu.startsWith("KVM_ENABLE_CAP(KVM_CAP_HLT): EINVAL"), ofVcpu);
    }

    @Test
    void aCapabilityThatTheKernelLacksIsNamedAsLacking() {
        Capability unknown = Capability.of(54321);
        String vm = refused(() -> guest.vm.enableCap(unknown));
        assertTrue(vm.endsWith("this kernel lacks Capability(54321)"), vm);
        String ofVcpu = refused(() -> vcpu.enableCap(unknown, 1));
        assertTrue(ofVcpu.startsWith("KVM_ENABLE_CAP(Capability(54321), 0x1): EINVAL"), ofVcpu);
        assertTrue(ofVcpu.endsWith("this kernel lacks Capability(54321)"), ofVcpu);
    }

    @Test
    void moreArgumentsThanTheIoctlTakesAreRefusedWithASentence() {
        long[] five = {1, 2, 3, 4, 5};
        String expected = "cannot enable KVM_CAP_HLT with 5 arguments: KVM_ENABLE_CAP takes 4 at most";
        for (Consumer<long[]> call : Stream.<Consumer<long[]>>of(
                        a -> guest.vm.enableCap(Capability.KVM_CAP_HLT, a),
                        a -> vcpu.enableCap(Capability.KVM_CAP_HLT, a))
                .toList()) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> call.accept(five));
            assertEquals(expected, e.getMessage());
        }
    }

    static Stream<Arguments> wrongSregs() {
        return Stream.of(
                wrong("cr0.pg is set without cr0.pe", s -> s.cr0(0x8000_0010L)),
                wrong("cr0.nw is set without cr0.cd", s -> s.cr0(0x2000_0011L)),
                wrong("cr0 has bits above bit 31 (0x100000011)", s -> s.cr0(0x1_0000_0011L)),
                wrong(
                        "efer.lme and cr0.pg are set without cr4.pae",
                        s -> s.cr0(0x8000_0011L).efer(0x500)),
                wrong(
                        "efer.lme and cr0.pg are set without efer.lma",
                        s -> s.cr0(0x8000_0011L).cr4(0x20).efer(0x100)),
                wrong("efer.lma is set without efer.lme and cr0.pg", s -> s.efer(0x400)),
                wrong("cs.l is set without efer.lme and cr0.pg", s -> s.cs().l(1)),
                wrong("cr4 bit 30 is reserved", s -> s.cr4(1L << 30)));
    }

    private static Arguments wrong(String why, Consumer<KvmSregs> change) {
        return Arguments.of(why, change);
    }

    @ParameterizedTest
    @MethodSource("wrongSregs")
    void refusedSpecialRegistersAreNamed(String why, Consumer<KvmSregs> change) {
        String message = refused(() -> vcpu.x86().setSregs(change));
        assertTrue(message.contains("; ") && message.contains(why), message);
        assertTrue(message.length() < 250, message);
    }

    @Test
    void theNewerIoctlOfSpecialRegistersNamesThemToo() {
        assumeTrue(guest.vm.checkExtension(Capability.KVM_CAP_SREGS2) != 0);
        try (Arena arena = Arena.ofConfined()) {
            KvmSregs2 sregs = KvmSregs2.allocate(arena);
            vcpu.x86().ioctls().getSregs2(sregs);
            sregs.cr0(0x8000_0010L);
            String message = refused(() -> vcpu.x86().ioctls().setSregs2(sregs));
            assertTrue(message.endsWith("; cr0.pg is set without cr0.pe"), message);
        }
    }

    @Test
    void aCpuidThatIsTooLongTellsHowLongItIs() {
        try (Arena arena = Arena.ofConfined()) {
            KvmCpuid2 long300 = KvmCpuid2.allocate(arena, 300);
            String message = refused(() -> vcpu.x86().setCpuid(long300));
            assertTrue(message.contains(", 300 entries): E2BIG"), message);
            assertTrue(message.endsWith("; KVM takes 256 entries at most"), message);
        }
    }

    @Test
    void aCpuidAfterTheFirstRunSaysThatItIsTooLate() {
        guest.run(KvmExit.Hlt.class);
        try (Arena arena = Arena.ofConfined()) {
            KvmCpuid2 none = KvmCpuid2.allocate(arena, 0);
            String message = refused(() -> vcpu.x86().setCpuid(none));
            assertTrue(message.contains(", 0 entries): EINVAL"), message);
            assertTrue(message.contains("; KVM takes a vCPU's CPUID before its first run only"), message);
        }
    }
}
