package io.kvm4j.fault;

import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_CONTINUE_MODE_DONTWAKE;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_COPY_MODE_DONTWAKE;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_COPY_MODE_WP;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_MOVE_MODE_DONTWAKE;

import io.kvm4j.uapi.Errno;
import java.lang.foreign.MemorySegment;

/**
 * A way to put content in place, all at once for whoever looks. Each method returns 0 or an errno, and the thread's calls
 * say how many bytes were done.
 */
sealed interface PlacementMethod {
    /**
     * Puts a run of pages in place.
     *
     * @param at where in the content the run starts
     * @param wake whether to wake those who sleep on a page
     */
    int install(FaultContext context, RegionPages region, int page, int run, long at, boolean wake);

    /** Whether the content may lie in memory that is not the thread's. */
    default boolean copiesFromAnywhere() {
        return false;
    }

    /** Copies the content into new pages: any memory. */
    record Copy() implements PlacementMethod {
        @Override
        public int install(FaultContext context, RegionPages region, int page, int run, long at, boolean wake) {
            long mode = (wake ? 0 : UFFDIO_COPY_MODE_DONTWAKE) | (region.written == null ? 0 : UFFDIO_COPY_MODE_WP);
            return context.calls.copy(region.address(page), context.from + at, region.offset(run), mode);
        }

        @Override
        public boolean copiesFromAnywhere() {
            return true;
        }
    }

    /** Gives away the very pages that the content was read into: private memory. */
    record Move(Copy otherwise) implements PlacementMethod {
        @Override
        public int install(FaultContext context, RegionPages region, int page, int run, long at, boolean wake) {
            int result = context.calls.move(
                    region.address(page),
                    context.content.address() + at,
                    region.offset(run),
                    wake ? 0 : UFFDIO_MOVE_MODE_DONTWAKE);
            // EINVAL is what pages of files and huge pages say.
            boolean isRefused = result == Errno.EBUSY || result == Errno.EINVAL;
            boolean isUnmovable = isRefused && context.calls.done() == 0;
            return isUnmovable ? otherwise.install(context, region, page, run, at, wake) : result;
        }
    }

    /** Fills the pages by their alias, and then maps them: shared memory. */
    record Continue() implements PlacementMethod {
        @Override
        public int install(FaultContext context, RegionPages region, int page, int run, long at, boolean wake) {
            MemorySegment alias = region.region.alias();
            if (alias != null && !region.region.prefilled()) {
                MemorySegment.copy(context.content, at, alias, region.offset(page), region.offset(run));
            }
            return context.calls.continue_(
                    region.address(page), region.offset(run), wake ? 0 : UFFDIO_CONTINUE_MODE_DONTWAKE);
        }
    }
}
