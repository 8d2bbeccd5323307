package io.kvm4j.ioctls;

import static io.kvm4j.uapi.StatsBase.KVM_STATS_BASE_POW10;
import static io.kvm4j.uapi.StatsBase.KVM_STATS_BASE_POW2;
import static io.kvm4j.uapi.StatsType.KVM_STATS_TYPE_CUMULATIVE;
import static io.kvm4j.uapi.StatsType.KVM_STATS_TYPE_LOG_HIST;
import static io.kvm4j.uapi.StatsUnit.KVM_STATS_UNIT_BYTES;
import static io.kvm4j.uapi.StatsUnit.KVM_STATS_UNIT_SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
                new KvmStat("wait", KVM_STATS_TYPE_LOG_HIST, KVM_STATS_UNIT_SECONDS, KVM_STATS_BASE_POW10, -9, 3, 0, 0),
                stats.stats().get(0));
        assertEquals(
                new KvmStat("room", KVM_STATS_TYPE_CUMULATIVE, KVM_STATS_UNIT_BYTES, KVM_STATS_BASE_POW2, 10, 1, 24, 0),
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
    void countsInUnits() {
        KvmStats stats = statistics();
        assertEquals(100e-9, stats.find("wait").orElseThrow().inUnit(100), 1e-18);
        assertEquals(103 * 1024, stats.find("room").orElseThrow().inUnit(103));
        assertEquals(0x1p74 - 0x1p10, stats.find("room").orElseThrow().inUnit(-1), 0x1p22);
    }

    @Test
    void bucketsStartWhereTheKernelSays() {
        KvmStat log = statistics().find("wait").orElseThrow();
        assertEquals(0, log.bucketStart(0));
        assertEquals(1, log.bucketStart(1));
        assertEquals(2, log.bucketStart(2));
        assertThrows(IndexOutOfBoundsException.class, () -> log.bucketStart(3));
        describe(0, "wait", KvmConstants.KVM_STATS_TYPE_LINEAR_HIST)
                .bucketSize(50)
                .size(3);
        KvmStat linear = KvmStats.of(file.fd()).find("wait").orElseThrow();
        assertEquals(100, linear.bucketStart(2));
        assertTrue(linear.isHistogram() && log.isHistogram());
        KvmStat room = statistics().find("room").orElseThrow();
        assertThrows(UnsupportedOperationException.class, () -> room.bucketStart(0));
    }

    @Test
    void whatIsUnknownKeepsItsNumber() {
        statistics();
        describe(0, "wait", 0xfff).offset(3);
        KvmStats stats = KvmStats.of(file.fd());
        KvmStat wait = stats.find("wait").orElseThrow();
        assertEquals("StatsType(15)", wait.type().name());
        assertEquals("StatsUnit(240)", wait.unit().name());
        assertEquals("StatsBase(3840)", wait.base().name());
        assertFalse(wait.isHistogram());
        assertThrows(UnsupportedOperationException.class, () -> wait.inUnit(1));
        assertEquals(101L << 40 | 100 >> 24, stats.value(wait));
    }

    @Test
    void refusesWhatCannotBeStatistics() {
        statistics();
        for (int nonsense : new int[] {-1, Integer.MIN_VALUE, 1 << 24}) {
            KvmStatsHeader.of(memory).numDesc(nonsense);
            assertThrows(IllegalStateException.class, () -> KvmStats.of(file.fd()));
        }
        KvmStatsHeader.of(memory).numDesc(2).nameSize(-8);
        assertThrows(IllegalStateException.class, () -> KvmStats.of(file.fd()));
        KvmStatsHeader.of(memory).nameSize(NAME_SIZE).descOffset(-1);
        assertThrows(IllegalStateException.class, () -> KvmStats.of(file.fd()));
        statistics();
        describe(1, "room", 0).offset(-8);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> KvmStats.of(file.fd()));
        assertEquals("these are no statistics of KVM: they have 4294967296 bytes of values", e.getMessage());
    }

    @Test
    void failsOnWhatCannotBeRead() {
        assertThrows(ErrnoException.class, () -> KvmStats.of(-1));
    }
}
