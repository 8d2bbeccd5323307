package io.kvm4j.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs2;
import io.kvm4j.uapi.x86_64.KvmXsave;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class StateFormatTest {
    private static final int VERSION_AT = 8;
    private static final int SIZE_AT = 16;
    private static final int CHECKSUM_AT = 20;
    private static final int BODY_AT = 24;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** The state of a vCPU that has only what each has, and few leaves and MSRs. */
    private static StateImage.Builder small() {
        StateImage.Builder state = new StateImage.Builder(StateKind.VCPU);
        try (Arena arena = Arena.ofConfined()) {
            state.add(X86VcpuParts.ID, 3);
            KvmRegs regs = KvmRegs.allocate(arena).rip(0x1234).rax(-1);
            state.add(X86VcpuParts.REGS, regs.segment());
            state.add(X86VcpuParts.SREGS2, KvmSregs2.allocate(arena).segment());
            state.add(X86VcpuParts.XSAVE, KvmXsave.allocate(arena).segment());
            KvmCpuid2 cpuid = KvmCpuid2.allocate(arena, 2);
            cpuid.entry(1).function(1).eax(5);
            state.add(X86VcpuParts.CPUID, cpuid.segment());
            List<Msr> msrs = List.of(new Msr(0x10, 7), new Msr(0x1b, 8), new Msr(0xc000_0080, 9));
            state.add(X86VcpuParts.MSRS, MsrRequests.toStruct(arena, msrs).segment());
        }
        state.omit(X86VcpuParts.LAPIC, "none in the kernel");
        return state;
    }

    private static byte[] smallBytes() {
        return StateFormat.encode(small().build());
    }

    private static StateFormatException refused(byte[] bytes) {
        return assertThrows(StateFormatException.class, () -> VcpuState.parse(bytes));
    }

    private static void assertRefused(byte[] bytes, String message) {
        assertEquals(message, refused(bytes).getMessage());
    }

    @Test
    void everythingComesBack() {
        byte[] bytes = smallBytes();
        VcpuState state = VcpuState.parse(bytes);
        assertEquals(3, state.id());
        assertEquals(SavedState.BOUND_HEADERS, state.headerSet());
        assertEquals("x86_64", state.architecture());
        assertEquals(0x1234, KvmRegs.of(state.part("kvm_regs")).rip());
        assertEquals(
                List.of("vcpu_id", "kvm_regs", "kvm_sregs2", "kvm_xsave", "kvm_cpuid2", "kvm_msrs"),
                List.copyOf(state.parts()));
        assertEquals(List.of(new Omission("kvm_lapic_state", "none in the kernel")), state.omissions());
        assertTrue(Arrays.equals(bytes, state.toBytes()));
        assertThrows(IllegalArgumentException.class, () -> state.part("kvm_fpu"));
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = smallBytes();
        for (int length = 0; length < bytes.length; length++) {
            String message = refused(Arrays.copyOf(bytes, length)).getMessage();
            assertTrue(message.startsWith("the state of a vCPU is cut off: it ends after "), message);
        }
    }

    @Test
    void everyFlippedBitIsRefused() {
        byte[] bytes = smallBytes();
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit / 8] ^= (byte) (1 << (bit % 8));
            refused(bytes);
            bytes[bit / 8] ^= (byte) (1 << (bit % 8));
        }
        VcpuState.parse(bytes);
    }

    /** As many mutations as tell something, half of them with a checksum that fits, so that they get behind it. */
    @Test
    void mutationsAreRefusedOrParsedButNeverAnythingElse() {
        long seed = Long.getLong("kvm4j.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] valid = smallBytes();
        int parsed = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = mutate(random, valid);
            boolean sealed = random.nextBoolean();
            byte[] input = sealed ? sealed(mutated) : mutated;
            try {
                parsed += isParsed(input) ? 1 : 0;
            } catch (Throwable t) {
                throw new AssertionError("-Dkvm4j.seed=" + seed + ", mutation " + i, t);
            }
        }
        assertTrue(parsed > 100, parsed + " got behind the checksum and were states, seed " + seed);
    }

    /** Parses, and checks that what that takes is in proportion to the input. */
    private static boolean isParsed(byte[] input) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            VcpuState state = VcpuState.parse(input);
            long partBytes = 0;
            for (String part : state.parts()) {
                partBytes += state.part(part).byteSize();
            }
            assertTrue(partBytes <= input.length, () -> "parts of more bytes than the input has");
            return true;
        } catch (StateFormatException e) {
            assertTrue(e.getMessage().length() < 1000 && !e.getMessage().contains("\n"), e::getMessage);
            return false;
        } finally {
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 100_000 + 32L * input.length, () -> allocated + " bytes for " + input.length);
        }
    }

    private static byte[] mutate(Random random, byte[] valid) {
        byte[] bytes = valid.clone();
        for (int change = 1 + random.nextInt(4); change > 0; change--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(100));
                default -> putEdge(random, bytes, at);
            }
        }
        return bytes;
    }

    private static void putEdge(Random random, byte[] bytes, int at) {
        int[] edges = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xffff, 1 << 20};
        if (at + 4 <= bytes.length) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, edges[random.nextInt(edges.length)]);
        }
    }

    /** Gives bytes the length and the checksum that fit them. */
    private static byte[] sealed(byte[] bytes) {
        byte[] sealed = Arrays.copyOf(bytes, Math.max(bytes.length, BODY_AT));
        ByteBuffer header = ByteBuffer.wrap(sealed).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(SIZE_AT, sealed.length - BODY_AT);
        CRC32C crc = new CRC32C();
        crc.update(sealed, 0, CHECKSUM_AT);
        crc.update(sealed, BODY_AT, sealed.length - BODY_AT);
        header.putInt(CHECKSUM_AT, (int) crc.getValue());
        return sealed;
    }

    @Test
    void aStreamThatClaimsMuchIsNotBelieved() {
        ByteBuffer header =
                ByteBuffer.allocate(BODY_AT).order(ByteOrder.LITTLE_ENDIAN).put(smallBytes(), 0, BODY_AT);
        for (int size : new int[] {1 << 20, 1 << 21, Integer.MAX_VALUE, -1}) {
            byte[] bytes = header.putInt(SIZE_AT, size).array();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            assertThrows(StateFormatException.class, () -> VcpuState.readFrom(new ByteArrayInputStream(bytes)));
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 100_000, () -> allocated + " bytes for a claim of " + size);
        }
    }

    /** An omission takes four bytes in a file and a hundred in memory. */
    @Test
    void moreOmissionsThanAStateHasAreRefused() {
        StateImage.Builder state = small();
        for (int i = 0; i < 1024; i++) {
            state.omit("", "");
        }
        assertRefused(
                StateFormat.encode(state.build()),
                "the state of a vCPU is damaged: it claims 1025 omissions, the most is 1024");
    }

    @Test
    void statesFollowEachOtherInAStream() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        VcpuState state = VcpuState.parse(smallBytes());
        state.writeTo(out);
        state.writeTo(out);
        ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
        assertEquals(state, VcpuState.readFrom(in));
        assertEquals(state, VcpuState.readFrom(in));
        assertEquals(-1, in.read());
    }

    @Test
    void somethingElse() {
        assertRefused(new byte[100], "this is no state of a vCPU");
        byte[] newer = smallBytes();
        newer[VERSION_AT] = 9;
        assertRefused(sealed(newer), "the state of a vCPU has version 9 of the format, known are 1 to 2");
        assertRefused(
                StateFormat.encode(new StateImage.Builder(StateKind.VM).build()),
                "this is no state of a vCPU but the state of a VM");
        byte[] valid = smallBytes();
        assertRefused(Arrays.copyOf(valid, valid.length + 2), "2 bytes follow the state of a vCPU");
    }

    @Test
    void theFirstVersionOfTheFormatIsRead() {
        byte[] first = smallBytes();
        first[VERSION_AT] = 1;
        assertEquals(VcpuState.parse(smallBytes()), VcpuState.parse(sealed(first)));
        byte[] none = smallBytes();
        none[VERSION_AT] = 0;
        assertRefused(sealed(none), "the state of a vCPU has version 0 of the format, known are 1 to 2");
    }

    @Test
    void partsThatAreNotAsTheseBindingsHaveThem() {
        StateImage.Builder larger = small();
        larger.add(X86VcpuParts.REGS, MemorySegment.ofArray(new byte[152]));
        assertRefused(
                StateFormat.encode(of("linux-9.9", "x86_64", larger)),
                "kvm_regs has 152 bytes in the state of a vCPU, which is of linux-9.9, and 144 in "
                        + SavedState.BOUND_HEADERS);

        StateImage.Builder unknown = small();
        unknown.add("kvm_flux", 1);
        assertRefused(
                StateFormat.encode(of("linux-9.9", "x86_64", unknown)),
                "the state of a vCPU, which is of linux-9.9, has kvm_flux, which " + SavedState.BOUND_HEADERS
                        + " does not know");

        assertRefused(
                StateFormat.encode(of("linux-9.9", "aarch64", small())),
                "the state of a vCPU is for aarch64, not x86_64");
    }

    @Test
    void anotherHeaderSetWithStructsOfTheSameSizesIsTaken() {
        VcpuState state = VcpuState.parse(StateFormat.encode(of("linux-9.9", "x86_64", small())));
        assertEquals("linux-9.9", state.headerSet());
        assertEquals(3, state.id());
    }

    private static StateImage of(String headerSet, String architecture, StateImage.Builder state) {
        StateImage image = state.build();
        return new StateImage(image.kind(), headerSet, architecture, image.parts(), image.omissions());
    }

    @Test
    void partsThatContradictThemselves() {
        assertRefused(
                StateFormat.encode(new StateImage.Builder(StateKind.VCPU).build()),
                "the state of a vCPU has no vcpu_id");

        StateImage.Builder counted = small();
        counted.add(X86VcpuParts.MSRS, MemorySegment.ofArray(new int[] {2, 0, 0, 0, 0, 0}));
        assertRefused(
                StateFormat.encode(counted.build()),
                "kvm_msrs has 24 bytes in the state of a vCPU, which are not the 2 elements that it says");

        StateImage.Builder nested = small();
        nested.add(X86VcpuParts.NESTED, MemorySegment.ofArray(new byte[128]));
        assertRefused(
                StateFormat.encode(nested.build()),
                "kvm_nested_state says that it has another size than the 128 bytes in the state");
    }
}
