package io.kvm4j.fault;

import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_EVENT_REMAP;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_EVENT_REMOVE;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_EVENT_UNMAP;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_MINOR_SHMEM;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_MISSING_HUGETLBFS;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_MISSING_SHMEM;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_MOVE;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_PAGEFAULT_FLAG_WP;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_POISON;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFD_FEATURE_SIGBUS;

import io.kvm4j.MemorySlot;
import io.kvm4j.Vm;
import io.kvm4j.posix.Mapping;

/** What a pager needs of its options and of the kernel, found out before it starts. */
final class PagerRequirements {
    private PagerRequirements() {}

    /** Refuses memory and strategies that do not fit together, before anything is made. */
    static void check(PagerOptions options) {
        if (options.tracksWrites() && options.memory().stream().anyMatch(PagedRegion::isShared)) {
            throw new IllegalStateException("writes are tracked in private memory only");
        }
        Vm vm = options.vm();
        for (MemorySlot slot : options.slots()) {
            if (slot.vm() != vm) {
                throw new IllegalArgumentException(slot + " is a slot of another VM");
            }
        }
    }

    /**
     * The features to ask for: events where the kernel has them, and what the memory cannot do without.
     *
     * @throws UserfaultfdUnavailableException if the kernel lacks one of those, or this process cannot have a userfaultfd
     */
    static long features(PagerOptions options) {
        long available = UserfaultfdAccess.features();
        long events = UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP | UFFD_FEATURE_EVENT_REMAP;
        long needed = 0;
        for (PagedRegion region : options.memory()) {
            if (region.pageSize() != Mapping.PAGE_SIZE) {
                needed |= require(available, UFFD_FEATURE_MISSING_HUGETLBFS, "HUGETLBFS", "huge pages need");
            } else if (region.alias() != null) {
                long shared = UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_MINOR_SHMEM;
                needed |= require(available, shared, "MINOR_SHMEM", "shared memory needs");
            }
        }
        if (options.tracksWrites()) {
            needed |= require(available, UFFD_FEATURE_PAGEFAULT_FLAG_WP, "PAGEFAULT_FLAG_WP", "tracking writes needs");
        }
        if (options.poisonsLostPages()) {
            needed |= require(available, UFFD_FEATURE_POISON, "POISON", "poisoning lost pages needs");
        }
        if (options.moves()) {
            needed |= require(available, UFFD_FEATURE_MOVE, "MOVE", "moving pages needs");
        }
        if (options.strategy() instanceof FaultStrategy.FailingRuns) {
            needed |= require(available, UFFD_FEATURE_SIGBUS, "SIGBUS", "runs that fail need");
        }
        return needed | (events & available);
    }

    private static long require(long available, long feature, String name, String why) {
        if ((available & feature) != feature) {
            throw new UserfaultfdUnavailableException(
                    "this kernel's userfaultfd lacks UFFD_FEATURE_%s, which %s".formatted(name, why));
        }
        return feature;
    }
}
