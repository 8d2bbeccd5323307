package io.kvm4j.fault;

import io.kvm4j.Guest;
import io.kvm4j.MemorySlot;
import io.kvm4j.Vm;
import io.kvm4j.pages.PageSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@link DemandPager.Builder} was told. */
record PagerOptions(
        PageSource source,
        Guest guest,
        List<PagedRegion> regions,
        List<MemorySlot> slots,
        FaultStrategy strategy,
        @Nullable Vm vm,
        int readers,
        boolean background,
        int chunk,
        Duration patience,
        PagerListener listener,
        boolean tracksWrites,
        boolean poisonsLostPages,
        boolean moves) {
    /** All memory, that of the slots too. */
    List<PagedRegion> memory() {
        List<PagedRegion> memory = new ArrayList<>(regions);
        slots.forEach(slot -> memory.add(PagedRegion.of(slot)));
        return memory;
    }
}
