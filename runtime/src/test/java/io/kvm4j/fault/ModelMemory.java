package io.kvm4j.fault;

import static io.kvm4j.fault.HostMemory.PAGE;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The memory of a schedule: a first region that stays, and others that come and go. */
final class ModelMemory {
    private static final int FIRST_PAGES = 24;
    private static final int MORE_PAGES = 4;
    private static final int DISTANCE = 64;
    private static final int MOST_REGIONS = 4;

    private final boolean shared;
    private final ModelRegion first;
    private final List<ModelRegion> regions = new CopyOnWriteArrayList<>();
    private final List<ModelRegion> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger added = new AtomicInteger();

    /** How many pages came without the pager. */
    final AtomicInteger putInPlaceByOthers = new AtomicInteger();

    ModelMemory(boolean shared) {
        this.shared = shared;
        this.first = new ModelRegion(0, FIRST_PAGES, shared);
        regions.add(first);
        all.add(first);
    }

    ModelRegion first() {
        return first;
    }

    List<ModelRegion> regions() {
        return regions;
    }

    ModelRegion any(Random dice) {
        // The first is larger, and may be the only one by the time that it is looked for.
        int at = dice.nextInt(2 * MOST_REGIONS);
        return at < regions.size() ? regions.get(Math.min(at, regions.size() - 1)) : first;
    }

    /** Adds memory, or removes some if there is enough. */
    void change(DemandPager pager, Random dice) {
        if (regions.size() < MOST_REGIONS && dice.nextBoolean()) {
            add(pager);
        } else {
            remove(pager, any(dice));
        }
    }

    private void add(DemandPager pager) {
        ModelRegion region = new ModelRegion((long) added.incrementAndGet() * DISTANCE * PAGE, MORE_PAGES, shared);
        all.add(region);
        try {
            pager.add(region.paged);
            regions.add(region);
        } catch (PagingException e) {
            if (pager.state() != DemandPager.State.CLOSED) {
                throw e;
            }
        }
    }

    /** Unmaps memory that nobody uses at the moment. */
    private void remove(DemandPager pager, ModelRegion region) {
        if (region == first || !region.inUse.writeLock().tryLock()) {
            return;
        }
        try {
            if (regions.remove(region)) {
                pager.retire(region.paged.gpa());
                region.unmap();
            }
        } finally {
            region.inUse.writeLock().unlock();
        }
    }

    /** Unmaps all that is left. */
    void unmap() {
        all.forEach(ModelRegion::unmap);
    }
}
