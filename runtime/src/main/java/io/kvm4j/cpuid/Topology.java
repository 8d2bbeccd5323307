package io.kvm4j.cpuid;

/**
 * How a guest's vCPUs are grouped. As in hardware, an APIC id, which in KVM is the vCPU's id, has a field each for the
 * thread, the core and the socket; where a number is no power of two, ids are left out: {@link #vcpuId} gives those to
 * create.
 *
 * @param sockets how many sockets there are
 * @param cores how many cores a socket has
 * @param threads how many threads a core has
 */
public record Topology(int sockets, int cores, int threads) {
    private static final int MOST = 1 << 16;

    /**
     * Each vCPU is a socket of its own. It fits any number of vCPUs, and claims no shared core or cache that the host's
     * scheduler would not keep to. libvirt chooses it, and so did QEMU until 6.2.
     */
    public static final Topology SEPARATE = new Topology(MOST, 1, 1);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is not positive, or a socket would have more than 65536 threads
     */
    public Topology {
        if (sockets < 1 || cores < 1 || threads < 1 || sockets > MOST || (long) cores * threads > MOST) {
            throw new IllegalArgumentException(
                    "a topology of %d sockets, %d cores and %d threads: each must be 1 to %d, and so must a socket's threads"
                            .formatted(sockets, cores, threads, MOST));
        }
    }

    /** Returns how many vCPUs there are. */
    public long vcpus() {
        return (long) sockets * cores * threads;
    }

    /**
     * Returns the id of the n-th vCPU: with 3 cores in a socket, those from the fourth on have 4, 5, 6, 8 …
     *
     * @param n from 0 to one less than {@link #vcpus}
     */
    public int vcpuId(int n) {
        if (n < 0 || n >= vcpus()) {
            throw new IllegalArgumentException("vCPU %d of %d".formatted(n, vcpus()));
        }
        int core = n / threads % cores;
        long socket = n / (threads * cores);
        return Math.toIntExact((socket << socketShift()) | ((long) core << threadBits()) | (n % threads));
    }

    /** How many low bits of an APIC id tell the thread. */
    int threadBits() {
        return bitsFor(threads);
    }

    /** How many low bits of an APIC id tell thread and core: what is above is the socket. */
    int socketShift() {
        return bitsFor(threads) + bitsFor(cores);
    }

    private static int bitsFor(int count) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
    }

    int threadsPerSocket() {
        return cores * threads;
    }

    int socketOf(int vcpuId) {
        return vcpuId >>> socketShift();
    }

    int coreOf(int vcpuId) {
        return (vcpuId >>> threadBits()) & ((1 << bitsFor(cores)) - 1);
    }

    void requireHas(int vcpuId) {
        int thread = vcpuId & ((1 << threadBits()) - 1);
        if (vcpuId < 0 || thread >= threads || coreOf(vcpuId) >= cores || socketOf(vcpuId) >= sockets) {
            throw new IllegalArgumentException(
                    "vCPU %d has no place among %d sockets of %d cores of %d threads: create vCPUs with the ids of Topology.vcpuId"
                            .formatted(vcpuId, sockets, cores, threads));
        }
    }
}
