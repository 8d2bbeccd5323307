package io.kvm4j.state;

import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Reads and sets any number of MSRs of a vCPU. KVM takes up to 255 at once, and stops at the first that it cannot read or
 * set: that one is set aside, and the next request begins behind it.
 */
final class MsrRequests {
    private static final int MOST_AT_ONCE = 255;

    private final X86VcpuIoctls ioctls;

    MsrRequests(X86VcpuIoctls ioctls) {
        this.ioctls = ioctls;
    }

    /**
     * Reads MSRs.
     *
     * @param wanted whose indices count
     * @param unreadable takes those that KVM cannot read
     * @return the others
     */
    List<Msr> read(List<Msr> wanted, List<Msr> unreadable) {
        List<Msr> read = new ArrayList<>();
        each(wanted, unreadable, entries -> {
            int done = ioctls.getMsrs(entries);
            for (int i = 0; i < done; i++) {
                read.add(msr(entries, i));
            }
            return done;
        });
        return read;
    }

    /**
     * Sets MSRs, in order.
     *
     * @return those that KVM does not let have their values
     */
    List<Msr> set(List<Msr> wanted) {
        List<Msr> refused = new ArrayList<>();
        each(wanted, refused, ioctls::setMsrs);
        return refused;
    }

    /** Makes as many requests as it takes; one tells how many MSRs it has done. */
    private static void each(List<Msr> all, List<Msr> failed, ToIntFunction<KvmMsrs> request) {
        for (int from = 0; from < all.size(); ) {
            List<Msr> chunk = all.subList(from, Math.min(all.size(), from + MOST_AT_ONCE));
            try (Arena arena = Arena.ofConfined()) {
                int done = request.applyAsInt(toStruct(arena, chunk));
                from += done;
                if (done < chunk.size()) {
                    failed.add(chunk.get(done));
                    from++;
                }
            }
        }
    }

    /** MSRs as KVM's struct. */
    static KvmMsrs toStruct(SegmentAllocator allocator, List<Msr> msrs) {
        KvmMsrs entries = KvmMsrs.allocate(allocator, msrs.size());
        for (int i = 0; i < msrs.size(); i++) {
            entries.entry(i).index(msrs.get(i).index()).data(msrs.get(i).value());
        }
        return entries;
    }

    /** The MSRs of KVM's struct. */
    static List<Msr> of(KvmMsrs entries) {
        List<Msr> msrs = new ArrayList<>();
        for (int i = 0; i < entries.nmsrs(); i++) {
            msrs.add(msr(entries, i));
        }
        return msrs;
    }

    private static Msr msr(KvmMsrs entries, int i) {
        return new Msr(entries.entry(i).index(), entries.entry(i).data());
    }
}
