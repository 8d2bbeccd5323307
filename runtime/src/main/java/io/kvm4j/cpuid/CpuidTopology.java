package io.kvm4j.cpuid;

import static io.kvm4j.cpuid.CpuidRegister.EAX;
import static io.kvm4j.cpuid.CpuidRegister.EBX;
import static io.kvm4j.cpuid.CpuidRegister.ECX;
import static io.kvm4j.cpuid.CpuidRegister.EDX;

import java.util.List;

/**
 * Writes a vCPU's place among the others into its table: Intel's SDM, volume 2A, CPUID (leaves 1, 4, 0xB, 0x1F), and AMD's
 * APM, volume 3, appendix E (leaves 0x80000001, 0x80000008, 0x8000001D, 0x8000001E). KVM answers there for the host's
 * processor that asked.
 */
final class CpuidTopology {
    private static final int CACHES = 4;
    private static final int EXTENDED_TOPOLOGY = 0xb;
    private static final int EXTENDED_TOPOLOGY_V2 = 0x1f;
    private static final int AMD_SIZES = 0x8000_0008;
    private static final int AMD_CACHES = 0x8000_001d;
    private static final int AMD_TOPOLOGY = 0x8000_001e;

    private static final int LEVEL_THREAD = 1;
    private static final int LEVEL_CORE = 2;
    private static final int LAST_PRIVATE_CACHE = 2;

    private final CpuidEdit edit;
    private final Topology topology;
    private final int id;

    CpuidTopology(CpuidEdit edit, Topology topology, int id) {
        this.edit = edit;
        this.topology = topology;
        this.id = id;
    }

    void write() {
        writeFeatures();
        writeCaches(CACHES, true);
        int highest = edit.table().get(Cpuid.VENDOR, 0, EAX);
        if (highest >= EXTENDED_TOPOLOGY) {
            writeLevels(EXTENDED_TOPOLOGY);
        }
        if (highest >= EXTENDED_TOPOLOGY_V2) {
            writeLevels(EXTENDED_TOPOLOGY_V2);
        }
        writeAmd(edit.table().isAmd());
    }

    private void writeFeatures() {
        edit.set(1, 0, EBX, 0xff << 24, id << 24, "the initial APIC id is the vCPU's, %d".formatted(id));
        int idsPerSocket = Math.min(0xff, 1 << topology.socketShift());
        edit.set(1, 0, EBX, 0xff << 16, idsPerSocket << 16, "APIC ids in a socket");
        edit.set(
                CpuidFeature.named("ht"),
                topology.threadsPerSocket() > 1,
                "a socket has %d logical processors".formatted(topology.threadsPerSocket()));
    }

    /** Caches of the first two levels are a core's, others the socket's. */
    private void writeCaches(int function, boolean coreCount) {
        for (CpuidLeaf leaf : edit.table().leaves()) {
            int type = leaf.eax() & 0x1f;
            if (leaf.function() != function || type == 0) {
                continue;
            }
            int level = (leaf.eax() >>> 5) & 7;
            int shift = level <= LAST_PRIVATE_CACHE ? topology.threadBits() : topology.socketShift();
            int sharers = Math.min(0xfff, (1 << shift) - 1);
            edit.set(
                    function,
                    leaf.index(),
                    EAX,
                    0xfff << 14,
                    sharers << 14,
                    "the cache of level %d is shared by a %s"
                            .formatted(level, level <= LAST_PRIVATE_CACHE ? "core" : "socket"));
            if (coreCount) {
                int cores = Math.min(0x3f, (1 << (topology.socketShift() - topology.threadBits())) - 1);
                edit.set(function, leaf.index(), EAX, 0x3f << 26, cores << 26, "core ids in a socket");
            }
        }
    }

    /** Two levels below the socket; KVM answers with the id of EDX for subleaves behind them too. */
    private void writeLevels(int function) {
        CpuidLeaf threads = new CpuidLeaf(
                function, 0, true, topology.threadBits(), topology.threads(), LEVEL_THREAD << Byte.SIZE, id);
        CpuidLeaf cores = new CpuidLeaf(
                function,
                1,
                true,
                topology.socketShift(),
                topology.threadsPerSocket(),
                1 | (LEVEL_CORE << Byte.SIZE),
                id);
        edit.replaceAll(
                function,
                List.of(threads, cores),
                "the x2APIC id is the vCPU's, %d; %d threads a core, %d a socket"
                        .formatted(id, topology.threads(), topology.threadsPerSocket()));
    }

    private void writeAmd(boolean amd) {
        CpuidFeature severalCores = CpuidFeature.named("cmp_legacy");
        edit.set(severalCores, amd && topology.threadsPerSocket() > 1, "several logical processors in a socket");
        int sizes = amd ? (topology.socketShift() << 12) | Math.min(0xff, topology.threadsPerSocket() - 1) : 0;
        edit.set(AMD_SIZES, 0, ECX, 0xf0ff, sizes, "logical processors in a socket");
        if (!amd) {
            return;
        }
        writeCaches(AMD_CACHES, false);
        String reason = "the extended APIC id is the vCPU's, %d".formatted(id);
        edit.set(AMD_TOPOLOGY, 0, EAX, -1, id, reason);
        int core = (topology.coreOf(id) & 0xff) | ((topology.threads() - 1) << Byte.SIZE);
        edit.set(AMD_TOPOLOGY, 0, EBX, 0xffff, core, "the core's id, and its threads");
        edit.set(AMD_TOPOLOGY, 0, ECX, 0x7ff, topology.socketOf(id) & 0xff, "the socket is one node");
        edit.set(AMD_TOPOLOGY, 0, EDX, -1, 0, "reserved");
    }
}
