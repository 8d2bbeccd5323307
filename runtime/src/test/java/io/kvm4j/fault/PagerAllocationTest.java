package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.kvm4j.pages.PageSource;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExitDecoder;
import io.kvm4j.uapi.KvmRun;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A fault that is resolved allocates nothing once C2 has compiled the way, in a vCPU's thread and in a reader's. */
@RequiresUserfaultfd
@Timeout(300)
class PagerAllocationTest {
    private static final int PAGES = 4096;
    private static final int CLEAN_IN_A_ROW = 5;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final byte[] CONTENT = Pattern.page(1);

    private static int read(long offset, ByteBuffer into) {
        into.put(CONTENT, 0, into.remaining());
        return CONTENT.length;
    }

    static List<PageSource> sources() {
        return List.of(PagerAllocationTest::read, PageSource.memory(Pattern.memory(PAGES), 0));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void aVcpuResolvesItsFaults(PageSource source) {
        StringBuilder seen = new StringBuilder();
        int clean = 0;
        for (long start = System.nanoTime(); clean < CLEAN_IN_A_ROW && System.nanoTime() - start < PATIENCE_NANOS; ) {
            MemorySegment memory = HostMemory.anonymous(PAGES);
            try (Rig rig = new Rig(memory, source, b -> b)) {
                FaultHandler faults = rig.pager.handler();
                faults.resolve(0);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int page = 1; page < PAGES; page++) {
                    faults.resolve(Rig.gpa(page));
                }
                long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
                clean = bytes == 0 ? clean + 1 : 0;
                seen.append(' ').append(bytes);
            }
            HostMemory.unmap(memory);
        }
        assertTrue(clean == CLEAN_IN_A_ROW, () -> "bytes allocated by each " + (PAGES - 1) + " faults:" + seen);
    }

    /** The exit is made up, but decoded and handled as one that KVM reports. */
    @Test
    void aVcpuHandlesItsExits() {
        StringBuilder seen = new StringBuilder();
        KvmExitDecoder exits = new KvmExitDecoder(Arena.ofAuto().allocate(KvmRun.LAYOUT));
        int clean = 0;
        for (long start = System.nanoTime(); clean < CLEAN_IN_A_ROW && System.nanoTime() - start < PATIENCE_NANOS; ) {
            MemorySegment memory = HostMemory.anonymous(PAGES);
            try (Rig rig = new Rig(memory, PagerAllocationTest::read, b -> b)) {
                rig.pager.handler().resolve(0);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int page = 1; page < PAGES; page++) {
                    exits.struct().memoryFault().gpa(Rig.gpa(page)).size(HostMemory.PAGE);
                    if (!rig.pager.handler().handle(exits.decode(KvmConstants.KVM_EXIT_MEMORY_FAULT))) {
                        throw new AssertionError("not handled");
                    }
                }
                long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
                clean = bytes == 0 ? clean + 1 : 0;
                seen.append(' ').append(bytes);
            }
            HostMemory.unmap(memory);
        }
        assertTrue(clean == CLEAN_IN_A_ROW, () -> "bytes allocated by each " + (PAGES - 1) + " exits:" + seen);
    }

    @Test
    void aReaderResolvesFaults() throws Exception {
        StringBuilder seen = new StringBuilder();
        int clean = 0;
        for (long start = System.nanoTime(); clean < CLEAN_IN_A_ROW && System.nanoTime() - start < PATIENCE_NANOS; ) {
            MemorySegment memory = HostMemory.anonymous(PAGES);
            try (Rig rig = new Rig(memory, PagerAllocationTest::read, b -> b)) {
                touch(rig, 0, 16);
                List<Thread> readers = readers();
                long before = allocated(readers);
                touch(rig, 16, PAGES);
                long bytes = allocated(readers) - before;
                clean = bytes == 0 ? clean + 1 : 0;
                seen.append(' ').append(bytes);
            }
            HostMemory.unmap(memory);
        }
        assertTrue(
                clean == CLEAN_IN_A_ROW, () -> "bytes allocated by the reader for each " + PAGES + " faults:" + seen);
    }

    private static void touch(Rig rig, int from, int to) throws Exception {
        FutureTask<?> toucher = Rig.start(() -> {
            for (int page = from; page < to; page++) {
                HostMemory.readByte(rig.address(page));
            }
            return null;
        });
        toucher.get();
    }

    private static List<Thread> readers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("pager-reader"))
                .toList();
    }

    private static long allocated(List<Thread> threads) {
        return threads.stream()
                .mapToLong(t -> THREADS.getThreadAllocatedBytes(t.threadId()))
                .sum();
    }
}
