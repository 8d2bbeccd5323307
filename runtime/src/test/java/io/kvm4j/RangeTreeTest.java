package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeTreeTest {
    /** As many as KVM allows in one address space of x86_64. */
    private static final int MANY = 32_764;

    /** An AVL tree of n nodes is at most 1.44 log n high. */
    private static final int HEIGHT = (int) (1.44 * 15) + 1;

    private record Range(long start, long end, long gpa) {}

    private @Nullable RangeTree<Range> tree;
    private final List<Range> model = new ArrayList<>();

    private void add(Range range) {
        tree = RangeTree.with(tree, range.start, range.end, range.gpa, range);
        model.add(range);
    }

    private void remove(Range range) {
        tree = RangeTree.without(tree, range.start, range.gpa);
        model.remove(range);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, -1, 17_077})
    void isAsHighAsTheLogarithmOfItsSizeInWhateverOrderRangesCome(long step) {
        LongUnaryOperator start = i -> Math.floorMod(i * step, MANY) * 2L;
        for (int i = 0; i < MANY; i++) {
            long at = start.applyAsLong(i);
            tree = RangeTree.with(tree, at, at + 1, at, new Range(at, at + 1, at));
        }
        assertTrue(RangeTree.height(tree) <= HEIGHT, () -> "height " + RangeTree.height(tree));
        for (int i = 0; i < MANY - 100; i++) {
            long at = start.applyAsLong(i);
            tree = RangeTree.without(tree, at, at);
        }
        assertTrue(RangeTree.height(tree) <= 10, () -> "height " + RangeTree.height(tree) + " of 100");
    }

    @Test
    void answersAsAListDoes() {
        long seed = Long.getLong("kvm4j.seed", System.nanoTime());
        Random random = new Random(seed);
        try {
            for (int i = 0; i < 3_000; i++) {
                step(random);
                compare(random.nextInt(-2, 70));
            }
        } catch (AssertionError e) {
            throw new AssertionError("with -Dkvm4j.seed=" + seed, e);
        }
    }

    /** Adds or removes a range; ranges overlap, and many start at the same address. */
    private void step(Random random) {
        boolean grows = model.size() < 3 || (model.size() < 60 && random.nextBoolean());
        if (grows) {
            long start = random.nextInt(64);
            add(new Range(start, start + random.nextInt(1, 12), random.nextInt(1 << 30)));
        } else {
            remove(model.get(random.nextInt(model.size())));
        }
    }

    private void compare(long address) {
        List<Range> sorted = model.stream()
                .sorted(Comparator.comparingLong(Range::start).thenComparingLong(Range::gpa))
                .toList();
        List<Range> visited = new ArrayList<>();
        RangeTree.forEach(tree, visited::add);
        assertEquals(sorted, visited);
        assertEquals(
                sorted.stream()
                        .filter(r -> r.start <= address)
                        .reduce((a, b) -> b)
                        .orElse(null),
                RangeTree.lastFrom(tree, address));
        assertEquals(
                sorted.stream().filter(r -> r.start > address).findFirst().orElse(null),
                RangeTree.firstAbove(tree, address));
        assertEquals(
                sorted.stream()
                        .filter(r -> r.start <= address && address < r.end)
                        .min(Comparator.comparingLong(Range::gpa))
                        .orElse(null),
                RangeTree.lowestAt(tree, address));
    }
}
