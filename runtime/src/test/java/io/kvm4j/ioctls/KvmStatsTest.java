package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmStat;
import io.kvm4j.uapi.KvmStats;
import io.kvm4j.uapi.KvmStatsDesc;
import io.kvm4j.uapi.KvmStatsHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Statistics of kinds that no KVM may have, in a file laid out as the kernel does it. */
class KvmStatsTest extends RecordedTest {
    private static final int NAME_SIZE = 48;
    private static final int ID = 24;
    private static final int DESCRIPTORS = ID + NAME_SIZE;
    private static final int DATA = 1024;

    private final Descriptor file = closing(Memfd.create(PAGE));
    private final MemorySegment memory = closing(Mapping.shared(file, PAGE)).segment();

    private KvmStats statistics() {
        KvmStatsHeader.of(memory)
                .nameSize(NAME_SIZE)
                .numDesc(2)
                .idOffset(ID)
                .descOffset(DESCRIPTORS)
                .dataOffset(DATA);
        memory.setString(ID, "kvm-7");
        describe(0, "wait", KvmConstants.KVM_STATS_TYPE_LOG_HIST | KvmConstants.KVM_STATS_UNIT_SECONDS)
                .exponent(-9)
                .size(3);
        describe(1, "room", KvmConstants.KVM_STATS_UNIT_BYTES | KvmConstants.KVM_STATS_BASE_POW2)
                .exponent(10)
                .size(1)
                .offset(3 * Long.BYTES);
        for (int i = 0; i < 4; i++) {
            memory.setAtIndex(ValueLayout.JAVA_LONG, DATA / Long.BYTES + i, 100 + i);
        }
        return KvmStats.of(file.fd());
    }

    private KvmStatsDesc describe(int index, String name, int flags) {
        long size = KvmStatsDesc.LAYOUT.byteSize() + NAME_SIZE;
        MemorySegment descriptor = memory.asSlice(DESCRIPTORS + index * size, size);
        descriptor.setString(KvmStatsDesc.LAYOUT.byteSize(), name);
        return KvmStatsDesc.of(descriptor).flags(flags);
    }

    @Test
    void describesWhatThereIs() {
        KvmStats stats = statistics();
        assertEquals("kvm-7", stats.id());
        assertEquals(
                new KvmStat("wait", KvmStat.Kind.LOG_HISTOGRAM, KvmStat.Unit.SECONDS, 10, -9, 3, 0, 0),
                stats.stats().get(0));
        assertEquals(
                new KvmStat("room", KvmStat.Kind.CUMULATIVE, KvmStat.Unit.BYTES, 2, 10, 1, 24, 0),
                stats.find("room").orElseThrow());
    }

    @Test
    void readsValuesWhenAsked() {
        KvmStats stats = statistics();
        KvmStat wait = stats.find("wait").orElseThrow();
        assertEquals(100, stats.value(wait));
        assertEquals(102, stats.value(wait, 2));
        assertEquals(103, stats.value(stats.find("room").orElseThrow()));
        assertThrows(IndexOutOfBoundsException.class, () -> stats.value(wait, 3));
        memory.set(ValueLayout.JAVA_LONG, DATA, 7);
        assertEquals(100, stats.value(wait));
        stats.refresh();
        assertEquals(7, stats.value(wait));
    }

    @Test
    void failsOnWhatCannotBeRead() {
        assertThrows(ErrnoException.class, () -> KvmStats.of(-1));
    }
}
