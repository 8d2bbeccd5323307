package io.kvm4j.state;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What precedes the states in a {@link VmSnapshot}: which vCPUs there are, and their time stamp counters as of one instant.
 */
final class SnapshotIndex {
    static final String VCPUS = "vcpu_ids";
    static final String TSC = "tsc";

    /** KVM_MAX_VCPUS of x86_64 is 4096 at most: CONFIG_KVM_MAX_NR_VCPUS. */
    private static final int MOST_VCPUS = 4096;

    private final StateImage image;
    private final int[] ids;
    private final long[] tsc;

    private SnapshotIndex(StateImage image) {
        image.requireKnown(StateImage.X86_64, Set.of(VCPUS, TSC));
        this.image = image;
        this.ids = image.elements(VCPUS, ValueLayout.JAVA_INT).toArray(ValueLayout.JAVA_INT);
        this.tsc = image.elements(TSC, ValueLayout.JAVA_LONG).toArray(ValueLayout.JAVA_LONG);
        requireSense();
    }

    private void requireSense() {
        if (ids.length < 1 || ids.length > MOST_VCPUS || tsc.length != ids.length) {
            throw new StateFormatException(
                    "the snapshot of a VM has %d vCPUs and %d time stamp counters; 1 to %d are possible"
                            .formatted(ids.length, tsc.length, MOST_VCPUS));
        }
        Set<Integer> distinct = new HashSet<>();
        for (int id : ids) {
            if (id < 0 || !distinct.add(id)) {
                throw new StateFormatException(
                        "the snapshot of a VM has vCPU %d twice, or it is no vCPU's id".formatted(id));
            }
        }
    }

    static SnapshotIndex of(List<Integer> ids, long[] tsc, boolean exact) {
        StateImage.Builder state = new StateImage.Builder(StateKind.SNAPSHOT);
        state.add(
                VCPUS,
                MemorySegment.ofArray(ids.stream().mapToInt(Integer::intValue).toArray()));
        state.add(TSC, MemorySegment.ofArray(tsc));
        if (!exact) {
            state.omit(
                    TSC,
                    "the kernel lacks KVM_VCPU_TSC_OFFSET, or a stable counter: the vCPUs' were read right after each other");
        }
        return new SnapshotIndex(state.build());
    }

    static SnapshotIndex readFrom(InputStream in) throws IOException {
        return new SnapshotIndex(StateFormat.decode(StateKind.SNAPSHOT, in));
    }

    /** Refuses the states of other vCPUs. */
    void requireMatches(List<VcpuState> states) {
        int[] present = states.stream().mapToInt(VcpuState::id).toArray();
        if (!Arrays.equals(ids, present)) {
            throw new StateFormatException("the snapshot of a VM names the vCPUs %s and has the states of %s"
                    .formatted(Arrays.toString(ids), Arrays.toString(present)));
        }
    }

    int vcpuCount() {
        return ids.length;
    }

    long[] tsc() {
        return tsc.clone();
    }

    List<Omission> omissions() {
        return image.omissions();
    }

    byte[] toBytes() {
        return StateFormat.encode(image);
    }
}
