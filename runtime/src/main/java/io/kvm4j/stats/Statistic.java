package io.kvm4j.stats;

import io.kvm4j.uapi.KvmStat;
import io.kvm4j.uapi.KvmStats;

/**
 * One number that KVM counts, or a histogram of several, as {@link Statistics#refresh} last read it. No method but {@link
 * #toString} allocates.
 */
public final class Statistic {
    private final KvmStat description;
    private final KvmStats values;

    Statistic(KvmStat description, KvmStats values) {
        this.description = description;
        this.values = values;
    }

    /** Its name, for example {@code exits}. */
    public String name() {
        return description.name();
    }

    /** Its type, unit, base and exponent, and the bounds of its buckets. */
    public KvmStat description() {
        return description;
    }

    /** The number, unsigned; of a histogram, that of its first bucket. */
    public long value() {
        return values.value(description);
    }

    /** The number in its unit, without exponent: seconds, say, for one that counts nanoseconds. */
    public double inUnit() {
        return description.inUnit(value());
    }

    /** How many buckets a histogram has; 1 otherwise. */
    public int buckets() {
        return description.count();
    }

    /**
     * How often a histogram counted what is at least {@link KvmStat#bucketStart}, and below that of the next bucket.
     *
     * @param bucket from 0 to below {@link #buckets}
     */
    public long value(int bucket) {
        return values.value(description, bucket);
    }

    /** How often a histogram counted anything. */
    public long total() {
        long total = 0;
        for (int bucket = 0; bucket < buckets(); bucket++) {
            total += value(bucket);
        }
        return total;
    }

    /** Name and number, for people. */
    @Override
    public String toString() {
        return "%s %s".formatted(name(), Long.toUnsignedString(description.isHistogram() ? total() : value()));
    }
}
