package io.kvm4j.state;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.GsiRoutes;
import io.kvm4j.uapi.KvmClockData;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmIrqRouting;
import io.kvm4j.uapi.KvmMpState;
import io.kvm4j.uapi.KvmPitConfig;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmFpu;
import io.kvm4j.uapi.x86_64.KvmIrqchip;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import io.kvm4j.uapi.x86_64.KvmPitState2;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs2;
import io.kvm4j.uapi.x86_64.KvmVcpuEvents;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Makes mutated snapshots of a VM with two vCPUs: bits and numbers are changed, bytes cut off and added, states left out,
 * doubled and exchanged. Most get lengths and checksums that fit, so that they get behind those.
 */
final class StateMutator {
    private static final int SIZE_AT = 16;
    private static final int CHECKSUM_AT = 20;
    private static final int BODY_AT = 24;
    private static final int[] EDGES = {0, 1, 2, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xffff, 0x100, 1 << 20, 4096
    };

    private final Random random;
    private final List<byte[]> valid;

    StateMutator(Random random) {
        this.random = random;
        List<StateImage> vcpus = List.of(vcpu(0), vcpu(1));
        SnapshotIndex index = SnapshotIndex.of(List.of(0, 1), new long[] {0x1234_5678_9abcL, 0x1234_5678_9abdL}, false);
        this.valid = List.of(
                index.toBytes(),
                StateFormat.encode(machine()),
                StateFormat.encode(vcpus.get(0)),
                StateFormat.encode(vcpus.get(1)));
    }

    private static StateImage vcpu(int id) {
        StateImage.Builder state = new StateImage.Builder(StateKind.VCPU);
        try (Arena arena = Arena.ofConfined()) {
            state.add(X86VcpuParts.ID, id);
            state.add(X86VcpuParts.MP_STATE, KvmMpState.allocate(arena).segment());
            state.add(X86VcpuParts.LAPIC, KvmLapicState.allocate(arena).segment());
            state.add(X86VcpuParts.REGS, KvmRegs.allocate(arena).rip(0x1234).segment());
            state.add(
                    X86VcpuParts.SREGS2,
                    KvmSregs2.allocate(arena).apicBase(0xfee0_0900L).cr0(0x10).segment());
            state.add(X86VcpuParts.FPU, KvmFpu.allocate(arena).segment());
            state.add(X86VcpuParts.EVENTS, KvmVcpuEvents.allocate(arena).segment());
            state.add(X86VcpuParts.TSC_KHZ, 2_500_000);
            KvmEnableCap enable = KvmEnableCap.allocate(arena).cap(Capability.KVM_CAP_ENFORCE_PV_FEATURE_CPUID);
            state.add(SavedCapabilities.PART, enable.args(0, 1).segment());
            KvmCpuid2 cpuid = KvmCpuid2.allocate(arena, 2);
            cpuid.entry(0).eax(1);
            cpuid.entry(1).function(1).eax(5).ebx(id << 24);
            state.add(X86VcpuParts.CPUID, cpuid.segment());
            List<Msr> msrs = List.of(new Msr(0x10, 7), new Msr(0xc000_0102, 8), new Msr(0x174, 9), new Msr(0x6e0, 0));
            state.add(X86VcpuParts.MSRS, MsrRequests.toStruct(arena, msrs).segment());
        }
        state.omit(X86VcpuParts.NESTED, "none in the kernel");
        return state.build();
    }

    private static StateImage machine() {
        StateImage.Builder state = new StateImage.Builder(StateKind.VM);
        try (Arena arena = Arena.ofConfined()) {
            KvmEnableCap enable = KvmEnableCap.allocate(arena).cap(Capability.KVM_CAP_X86_USER_SPACE_MSR);
            state.add(SavedCapabilities.PART, enable.args(0, 1).segment());
            state.add(X86VmSetup.MSR_FILTER, MemorySegment.ofArray(new int[] {0, 3, 0x174, 1, 0, 0}));
            KvmIrqRouting routing = KvmIrqRouting.allocate(arena, 2);
            GsiRoutes.toIrqchip(routing.entry(0), 4, 2, 4);
            GsiRoutes.toMsi(routing.entry(1), 24, 0xfee0_0000L, 0x41);
            state.add(X86VmSetup.IRQ_ROUTING, routing.segment());
            state.add(
                    X86VmParts.CLOCK, KvmClockData.allocate(arena).clock(12345).segment());
            for (int chip = 0; chip < X86VmParts.IRQCHIPS.size(); chip++) {
                state.add(
                        X86VmParts.IRQCHIPS.get(chip),
                        KvmIrqchip.allocate(arena).chipId(chip).segment());
            }
            state.add(X86VmParts.PIT, KvmPitState2.allocate(arena).segment());
            state.add(X86VmParts.PIT_CONFIG, KvmPitConfig.allocate(arena).segment());
        }
        return state.build();
    }

    byte[] next() {
        List<byte[]> states = new ArrayList<>(valid);
        for (int change = random.nextInt(4); change >= 0; change--) {
            int which = random.nextInt(states.size());
            if (random.nextInt(16) == 0) {
                rearrange(states, which);
            } else {
                byte[] mutated = mutated(states.get(which));
                states.set(which, random.nextInt(8) == 0 ? mutated : sealed(mutated));
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        states.forEach(out::writeBytes);
        byte[] bytes = out.toByteArray();
        return random.nextInt(32) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 50)) : bytes;
    }

    private void rearrange(List<byte[]> states, int which) {
        switch (random.nextInt(3)) {
            case 0 -> states.add(states.get(which));
            case 1 -> states.set(which, states.get(random.nextInt(states.size())));
            default -> {
                if (states.size() > 1) {
                    states.remove(which);
                }
            }
        }
    }

    private byte[] mutated(byte[] state) {
        int at = random.nextInt(state.length);
        byte[] bytes = state.clone();
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
            case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(100));
            case 4 -> bytes = without(bytes, at, random.nextInt(64));
            default -> putEdge(bytes, at);
        }
        return bytes;
    }

    private static byte[] without(byte[] bytes, int at, int count) {
        int end = Math.min(bytes.length, at + count);
        ByteBuffer shorter = ByteBuffer.allocate(Math.max(1, bytes.length - (end - at)));
        shorter.put(bytes, 0, Math.min(at, shorter.capacity()));
        shorter.put(bytes, end, Math.min(bytes.length - end, shorter.remaining()));
        return shorter.array();
    }

    private void putEdge(byte[] bytes, int at) {
        if (at + Integer.BYTES <= bytes.length) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, EDGES[random.nextInt(EDGES.length)]);
        }
    }

    /** Gives a state the length and the checksum that fit its bytes. */
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
}
