package io.kvm4j.uapi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One statistic that KVM keeps of a VM or vCPU: {@code struct kvm_stats_desc}. Its value is the number that {@link
 * KvmStats#value} tells, times {@code base} to the power of {@code exponent}, in {@code unit}. A type, unit or base that
 * these bindings do not know keeps its number.
 *
 * @param name its name
 * @param type what the number means: a count that only grows, what is now, the most that there ever was, or a histogram
 * @param unit what it counts
 * @param base that of the exponent
 * @param exponent the power of the base that the number is to be multiplied with, for example -9 for nanoseconds
 * @param count how many values it has: 1, or the buckets of a histogram
 * @param offset where the first one lies in the data, in bytes
 * @param bucketSize the width of a linear histogram's buckets, otherwise 0
 */
public record KvmStat(
        String name,
        StatsType type,
        StatsUnit unit,
        StatsBase base,
        int exponent,
        int count,
        long offset,
        int bucketSize) {

    static KvmStat of(KvmStatsDesc descriptor) {
        return new KvmStat(
                text(descriptor.entry()),
                descriptor.statsTypeValue(),
                descriptor.statsUnitValue(),
                descriptor.statsBaseValue(),
                descriptor.exponent(),
                descriptor.size(),
                Integer.toUnsignedLong(descriptor.offset()),
                descriptor.bucketSize());
    }

    /** The text up to the first byte that is 0, or to the end. */
    static String text(MemorySegment bytes) {
        String text = new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }

    /** Whether it has a value for each bucket of a histogram. */
    public boolean isHistogram() {
        return type.equals(StatsType.KVM_STATS_TYPE_LINEAR_HIST) || type.equals(StatsType.KVM_STATS_TYPE_LOG_HIST);
    }

    /**
     * The least that a bucket of a histogram counts. It ends where the next one begins, and the last one never.
     *
     * @param bucket from 0 to below {@code count}
     * @throws UnsupportedOperationException if it is no histogram
     */
    public long bucketStart(int bucket) {
        Objects.checkIndex(bucket, count);
        if (type.equals(StatsType.KVM_STATS_TYPE_LINEAR_HIST)) {
            return bucket * Integer.toUnsignedLong(bucketSize);
        }
        if (type.equals(StatsType.KVM_STATS_TYPE_LOG_HIST)) {
            return bucket == 0 ? 0 : 1L << (bucket - 1);
        }
        throw new UnsupportedOperationException("%s is no histogram: %s".formatted(name, type));
    }

    /**
     * A number of this statistic's in its unit, without exponent: seconds, say, for one that counts nanoseconds.
     *
     * @param number as {@link KvmStats#value} tells it, unsigned
     * @throws UnsupportedOperationException if these bindings do not know the base
     */
    public double inUnit(long number) {
        double unsigned = number >= 0 ? number : (number >>> 1) * 2.0 + (number & 1);
        return unsigned * Math.pow(radix(), exponent);
    }

    private int radix() {
        if (base.equals(StatsBase.KVM_STATS_BASE_POW10)) {
            return 10;
        }
        if (base.equals(StatsBase.KVM_STATS_BASE_POW2)) {
            return 2;
        }
        throw new UnsupportedOperationException("%s has an exponent of an unknown base: %s".formatted(name, base));
    }

    /** Where a value lies in the data, in bytes. */
    long offsetOf(int index) {
        return offset + (long) Objects.checkIndex(index, count) * ValueLayout.JAVA_LONG.byteSize();
    }

    /** Where the values end in the data, in bytes. */
    long end() {
        return offset + (long) count * ValueLayout.JAVA_LONG.byteSize();
    }
}
