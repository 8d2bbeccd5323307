package io.kvm4j.uapi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The statistics of a VM or vCPU, read from the descriptor that {@link KvmVmIoctls#getStatsFd} or {@link
 * KvmVcpuIoctls#getStatsFd} opened. What there is never changes and is read once; {@link #refresh} reads the values.
 * {@link #refresh} and {@link #value} allocate nothing; one thread at a time may use an object.
 */
public final class KvmStats {
    /** More than any kernel has, and what this is willing to read. */
    private static final long MOST_BYTES = 1 << 20;

    private final int fd;
    private final String id;
    private final List<KvmStat> stats;
    private final long dataOffset;
    private final MemorySegment values;

    private KvmStats(int fd, String id, List<KvmStat> stats, long dataOffset, MemorySegment values) {
        this.fd = fd;
        this.id = id;
        this.stats = List.copyOf(stats);
        this.dataOffset = dataOffset;
        this.values = values;
    }

    /**
     * Reads what statistics there are, and their values a first time.
     *
     * @param fd the descriptor, which the caller keeps and closes
     * @throws ErrnoException if it cannot be read
     * @throws IllegalStateException if it is nothing of the kind
     */
    public static KvmStats of(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            KvmStatsHeader header = KvmStatsHeader.of(read(fd, arena, KvmStatsHeader.LAYOUT.byteSize(), 0));
            requireSound(header);
            String id = KvmStat.text(read(fd, arena, header.nameSize(), Integer.toUnsignedLong(header.idOffset())));
            List<KvmStat> stats = descriptors(fd, arena, header);
            long size = stats.stream().mapToLong(KvmStat::end).max().orElse(0);
            require(size <= MOST_BYTES, "%d bytes of values".formatted(size));
            MemorySegment values = Arena.ofAuto().allocate(size, Long.BYTES);
            KvmStats read = new KvmStats(fd, id, stats, Integer.toUnsignedLong(header.dataOffset()), values);
            read.refresh();
            return read;
        }
    }

    private static List<KvmStat> descriptors(int fd, Arena arena, KvmStatsHeader header) {
        long stride = KvmStatsDesc.LAYOUT.byteSize() + header.nameSize();
        MemorySegment descriptors =
                read(fd, arena, stride * header.numDesc(), Integer.toUnsignedLong(header.descOffset()));
        List<KvmStat> stats = new ArrayList<>();
        for (int i = 0; i < header.numDesc(); i++) {
            stats.add(KvmStat.of(KvmStatsDesc.of(descriptors.asSlice(i * stride, stride))));
        }
        return stats;
    }

    private static void requireSound(KvmStatsHeader header) {
        long names = Integer.toUnsignedLong(header.nameSize());
        long descriptors = Integer.toUnsignedLong(header.numDesc());
        require(names % Long.BYTES == 0, "names of %d bytes, which leaves the numbers unaligned".formatted(names));
        require(names <= MOST_BYTES && descriptors <= MOST_BYTES, "%d names of %d bytes".formatted(descriptors, names));
        require(names * descriptors <= MOST_BYTES, "%d names of %d bytes".formatted(descriptors, names));
    }

    private static void require(boolean sound, String what) {
        if (!sound) {
            throw new IllegalStateException("these are no statistics of KVM: they have " + what);
        }
    }

    /** What the statistics belong to, for example {@code kvm-1234} or {@code kvm-1234/vcpu-0}. */
    public String id() {
        return id;
    }

    /** What statistics there are, in the kernel's order. */
    public List<KvmStat> stats() {
        return stats;
    }

    /** Finds a statistic by its name, for example {@code exits}. */
    public Optional<KvmStat> find(String name) {
        return stats.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /**
     * Reads the values anew.
     *
     * @throws ErrnoException if they cannot be read
     */
    public void refresh() {
        fill(fd, values, dataOffset);
    }

    /** The value of a statistic as {@link #refresh} last read it; of a histogram, that of its first bucket. */
    public long value(KvmStat stat) {
        return value(stat, 0);
    }

    /**
     * One value of a statistic as {@link #refresh} last read it, unsigned.
     *
     * @param index from 0 to below {@link KvmStat#count}
     */
    public long value(KvmStat stat, int index) {
        return values.get(ValueLayout.JAVA_LONG_UNALIGNED, stat.offsetOf(index));
    }

    private static MemorySegment read(int fd, Arena arena, long size, long offset) {
        MemorySegment memory = arena.allocate(size, Long.BYTES);
        fill(fd, memory, offset);
        return memory;
    }

    private static void fill(int fd, MemorySegment memory, long offset) {
        long done = ReadCall.read(fd, memory, offset);
        if (done < 0) {
            throw ErrnoException.of((int) -done, "pread", "fd %d, offset %d".formatted(fd, offset));
        }
        if (done < memory.byteSize()) {
            throw new IllegalStateException("fd %d ends %d bytes too early".formatted(fd, memory.byteSize() - done));
        }
    }
}
