package io.kvm4j.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KvmExitTest {
    private static final int UNKNOWN_REASON = 4711;

    private final MemorySegment area = Arena.ofAuto().allocate(12_288, 8);
    private final KvmExitDecoder exits = new KvmExitDecoder(area);

    @Test
    void everyReasonHasATypeOfItsOwn() {
        Set<Class<?>> types = new HashSet<>();
        for (ExitReason reason : ExitReason.known()) {
            KvmExit exit = exits.decode(reason.number());
            assertEquals(reason, exit.reason());
            assertTrue(types.add(exit.getClass()), () -> exit.getClass() + " stands for two reasons");
        }
        assertEquals(
                permitted(KvmExit.class)
                        .filter(t -> t != KvmExit.Unrecognized.class)
                        .toList()
                        .size(),
                types.size());
    }

    @Test
    void decodingReturnsTheSameViewEachTime() {
        KvmExit first = exits.decode(KvmConstants.KVM_EXIT_IO);
        exits.decode(KvmConstants.KVM_EXIT_HLT);
        assertSame(first, exits.decode(KvmConstants.KVM_EXIT_IO));
    }

    @Test
    void unknownReasonIsRepresented() {
        KvmExit exit = exits.decode(UNKNOWN_REASON);
        assertInstanceOf(KvmExit.Unrecognized.class, exit);
        assertEquals(UNKNOWN_REASON, exit.reason().number());
        assertFalse(exit.reason().isKnown());
        assertEquals("ExitReason(4711)", exit.toString());
    }

    @Test
    void exitsReadTheirArmOfTheUnion() throws ReflectiveOperationException {
        byte[] noise = new byte[(int) KvmRun.LAYOUT.byteSize()];
        new Random(1).nextBytes(noise);
        MemorySegment.copy(noise, 0, area, ValueLayout.JAVA_BYTE, 0, noise.length);
        int compared = 0;
        for (ExitReason reason : ExitReason.known()) {
            KvmExit exit = exits.decode(reason.number());
            Object arm = arm(exit);
            for (Method getter : getters(exit, arm)) {
                assertEquals(
                        arm.getClass().getMethod(getter.getName()).invoke(arm), getter.invoke(exit), getter::toString);
                compared++;
            }
        }
        assertTrue(compared > 80, "only " + compared + " getters were found");
    }

    @Test
    void whetherAGuestWritesIsABoolean() {
        KvmExit.Mmio mmio = (KvmExit.Mmio) exits.decode(KvmConstants.KVM_EXIT_MMIO);
        assertFalse(mmio.isWrite());
        assertTrue(mmio.isLoad());
        assertTrue(mmio.isWrite(true).isWrite());
        assertTrue(mmio.isStore());
    }

    @Test
    void onlyTheLastExitMayBeRead() {
        KvmExit.Io io = (KvmExit.Io) exits.decode(KvmConstants.KVM_EXIT_IO);
        assertEquals(0, io.port());
        exits.decode(KvmConstants.KVM_EXIT_INTR);
        IllegalStateException e = assertThrows(IllegalStateException.class, io::port);
        assertTrue(String.valueOf(e.getMessage()).contains("KVM_EXIT_IO"), e::getMessage);
        assertThrows(IllegalStateException.class, () -> io.port(1));
        assertThrows(IllegalStateException.class, io::runArea);
    }

    @Test
    void noExitMayBeReadWhileTheVcpuRuns() {
        KvmExit.S390Reset reset = (KvmExit.S390Reset) exits.decode(KvmConstants.KVM_EXIT_S390_RESET);
        assertEquals(0, reset.s390ResetFlags());
        exits.clear();
        assertThrows(IllegalStateException.class, reset::s390ResetFlags);
    }

    @Test
    void settersOfAnExitReachTheKernelsMemory() {
        KvmExit.X86Rdmsr rdmsr = (KvmExit.X86Rdmsr) exits.decode(KvmConstants.KVM_EXIT_X86_RDMSR);
        assertSame(rdmsr, rdmsr.data(0x1234));
        assertEquals(0x1234, exits.struct().msr().data());
    }

    @Test
    void oneArchitecturesExitsShareAParent() {
        List<? extends Class<?>> s390 = permitted(KvmExit.S390.class).toList();
        assertTrue(s390.contains(KvmExit.S390Sieic.class));
        assertTrue(s390.stream().allMatch(t -> t.getSimpleName().startsWith("S390")), s390::toString);
    }

    private static Stream<Class<?>> permitted(Class<?> sealed) {
        return Stream.of(sealed.getPermittedSubclasses())
                .flatMap(t -> t.isSealed() ? permitted(t) : Stream.<Class<?>>of(t));
    }

    /** The view that an exit hides, or the whole struct for one whose arm is a number. */
    private Object arm(KvmExit exit) throws ReflectiveOperationException {
        for (var field : exit.getClass().getDeclaredFields()) {
            if (field.getName().equals("arm")) {
                field.setAccessible(true);
                return field.get(exit);
            }
        }
        return exits.struct();
    }

    private static List<Method> getters(KvmExit exit, Object arm) {
        Set<String> ofArm = new HashSet<>();
        Stream.of(arm.getClass().getDeclaredMethods())
                .filter(m -> m.getParameterCount() == 0)
                .forEach(m -> ofArm.add(m.getName()));
        return Stream.of(exit.getClass().getDeclaredMethods())
                .filter(m -> m.getParameterCount() == 0 && m.getReturnType().isPrimitive())
                .filter(m -> ofArm.contains(m.getName()) && !m.getName().equals("hashCode"))
                .toList();
    }
}
