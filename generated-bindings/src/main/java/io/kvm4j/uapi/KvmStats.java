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
     */
    public static KvmStats of(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            KvmStatsHeader header = KvmStatsHeader.of(read(fd, arena, KvmStatsHeader.LAYOUT.byteSize(), 0));
            int nameSize = header.nameSize();
            String id = read(fd, arena, nameSize, Integer.toUnsignedLong(header.idOffset()))
                    .getString(0);
            long stride = KvmStatsDesc.LAYOUT.byteSize() + nameSize;
            MemorySegment descriptors =
                    read(fd, arena, stride * header.numDesc(), Integer.toUnsignedLong(header.descOffset()));
            List<KvmStat> stats = new ArrayList<>();
            for (int i = 0; i < header.numDesc(); i++) {
                stats.add(KvmStat.of(KvmStatsDesc.of(descriptors.asSlice(i * stride, stride))));
            }
            long size = stats.stream().mapToLong(KvmStat::end).max().orElse(0);
            KvmStats read = new KvmStats(
                    fd,
                    id,
                    stats,
                    Integer.toUnsignedLong(header.dataOffset()),
                    Arena.ofAuto().allocate(size, Long.BYTES));
            read.refresh();
            return read;
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
        return values.get(ValueLayout.JAVA_LONG, stat.offsetOf(index));
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
