package io.kvm4j.uapi;

import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * One statistic that KVM keeps of a VM or vCPU: {@code struct kvm_stats_desc}. Its value is the number that {@link
 * KvmStats#value} tells, times {@code base} to the power of {@code exponent}, in {@code unit}.
 *
 * @param name its name
 * @param kind what the number means
 * @param unit what it counts
 * @param base 10 or 2
 * @param exponent the power of the base that the number is to be multiplied with, for example -9 for nanoseconds
 * @param count how many values it has: 1, or the buckets of a histogram
 * @param offset where the first one lies in the data, in bytes
 * @param bucketSize the width of a linear histogram's buckets, otherwise 0
 */
public record KvmStat(
        String name, Kind kind, Unit unit, int base, int exponent, int count, long offset, int bucketSize) {

    /** What a number means: {@code KVM_STATS_TYPE_*}. */
    public enum Kind {
        /** It only grows. */
        CUMULATIVE,
        /** It is how it is now. */
        INSTANT,
        /** It is the most that there ever was. */
        PEAK,
        /** A histogram with buckets of equal width. */
        LINEAR_HISTOGRAM,
        /** A histogram whose bucket i goes from 2 to the power of i - 1 to below 2 to the power of i. */
        LOG_HISTOGRAM,
        /** A kind that these bindings do not know. */
        UNKNOWN
    }

    /** What a number counts: {@code KVM_STATS_UNIT_*}. */
    public enum Unit {
        /** Events or things. */
        NONE,
        /** Bytes of memory. */
        BYTES,
        /** Time. */
        SECONDS,
        /** Clock cycles of the processor. */
        CYCLES,
        /** 0 or 1. */
        BOOLEAN,
        /** A unit that these bindings do not know. */
        UNKNOWN
    }

    static KvmStat of(KvmStatsDesc descriptor) {
        int flags = descriptor.flags();
        boolean binary = (flags & KvmConstants.KVM_STATS_BASE_MASK) == KvmConstants.KVM_STATS_BASE_POW2;
        return new KvmStat(
                descriptor.entry().getString(0),
                kind(flags & KvmConstants.KVM_STATS_TYPE_MASK),
                unit(flags & KvmConstants.KVM_STATS_UNIT_MASK),
                binary ? 2 : 10,
                descriptor.exponent(),
                descriptor.size(),
                Integer.toUnsignedLong(descriptor.offset()),
                descriptor.bucketSize());
    }

    private static Kind kind(int type) {
        return switch (type) {
            case KvmConstants.KVM_STATS_TYPE_CUMULATIVE -> Kind.CUMULATIVE;
            case KvmConstants.KVM_STATS_TYPE_INSTANT -> Kind.INSTANT;
            case KvmConstants.KVM_STATS_TYPE_PEAK -> Kind.PEAK;
            case KvmConstants.KVM_STATS_TYPE_LINEAR_HIST -> Kind.LINEAR_HISTOGRAM;
            case KvmConstants.KVM_STATS_TYPE_LOG_HIST -> Kind.LOG_HISTOGRAM;
            default -> Kind.UNKNOWN;
        };
    }

    private static Unit unit(int unit) {
        return switch (unit) {
            case KvmConstants.KVM_STATS_UNIT_NONE -> Unit.NONE;
            case KvmConstants.KVM_STATS_UNIT_BYTES -> Unit.BYTES;
            case KvmConstants.KVM_STATS_UNIT_SECONDS -> Unit.SECONDS;
            case KvmConstants.KVM_STATS_UNIT_CYCLES -> Unit.CYCLES;
            case KvmConstants.KVM_STATS_UNIT_BOOLEAN -> Unit.BOOLEAN;
            default -> Unit.UNKNOWN;
        };
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
