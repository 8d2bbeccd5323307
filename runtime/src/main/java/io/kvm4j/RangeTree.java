package io.kvm4j;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of addresses, each with where the guest has it, in the order of their starts: a balanced tree (AVL) of nodes that
 * never change. Adding and removing copies only the path from the root, so that readers of an older tree need no lock, and
 * each operation takes time and memory in proportion to the logarithm of the number of ranges. Null is the empty tree.
 */
final class RangeTree<T> {
    private final long start;
    private final long end;
    private final long gpa;
    private final T value;
    private final @Nullable RangeTree<T> left;
    private final @Nullable RangeTree<T> right;
    private final int height;

    /** The greatest end and the lowest guest address of this node and all below it. */
    private final long lastEnd;

    private final long lowestGpa;

    private RangeTree(RangeTree<T> node, @Nullable RangeTree<T> left, @Nullable RangeTree<T> right) {
        this(node.start, node.end, node.gpa, node.value, left, right);
    }

    private RangeTree(
            long start, long end, long gpa, T value, @Nullable RangeTree<T> left, @Nullable RangeTree<T> right) {
        this.start = start;
        this.end = end;
        this.gpa = gpa;
        this.value = value;
        this.left = left;
        this.right = right;
        this.height = Math.max(height(left), height(right)) + 1;
        long last = end;
        long lowest = gpa;
        if (left != null) {
            last = Math.max(last, left.lastEnd);
            lowest = Math.min(lowest, left.lowestGpa);
        }
        if (right != null) {
            last = Math.max(last, right.lastEnd);
            lowest = Math.min(lowest, right.lowestGpa);
        }
        this.lastEnd = last;
        this.lowestGpa = lowest;
    }

    static int height(@Nullable RangeTree<?> tree) {
        return tree == null ? 0 : tree.height;
    }

    /** The tree with one range more. Ranges that start alike are in the order of their guest addresses. */
    static <T> RangeTree<T> with(@Nullable RangeTree<T> tree, long start, long end, long gpa, T value) {
        if (tree == null) {
            return new RangeTree<>(start, end, gpa, value, null, null);
        }
        return tree.isAfter(start, gpa)
                ? tree.balanced(with(tree.left, start, end, gpa, value), tree.right)
                : tree.balanced(tree.left, with(tree.right, start, end, gpa, value));
    }

    /** The tree without the range that starts there and that the guest has there, if it is in it. */
    static <T> @Nullable RangeTree<T> without(@Nullable RangeTree<T> tree, long start, long gpa) {
        if (tree == null) {
            return null;
        }
        if (tree.start == start && tree.gpa == gpa) {
            return joined(tree.left, tree.right);
        }
        return tree.isAfter(start, gpa)
                ? tree.balanced(without(tree.left, start, gpa), tree.right)
                : tree.balanced(tree.left, without(tree.right, start, gpa));
    }

    private boolean isAfter(long otherStart, long otherGpa) {
        return start > otherStart || (start == otherStart && gpa > otherGpa);
    }

    private static <T> @Nullable RangeTree<T> joined(@Nullable RangeTree<T> left, @Nullable RangeTree<T> right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        RangeTree<T> first = right;
        while (first.left != null) {
            first = first.left;
        }
        return first.balanced(left, without(right, first.start, first.gpa));
    }

    /** This range over two trees whose heights differ by two at most. */
    private RangeTree<T> balanced(@Nullable RangeTree<T> newLeft, @Nullable RangeTree<T> newRight) {
        if (newLeft != null && height(newLeft) > height(newRight) + 1) {
            RangeTree<T> inner = newLeft.right;
            return inner == null || height(newLeft.left) >= inner.height
                    ? new RangeTree<>(newLeft, newLeft.left, new RangeTree<>(this, inner, newRight))
                    : new RangeTree<>(
                            inner,
                            new RangeTree<>(newLeft, newLeft.left, inner.left),
                            new RangeTree<>(this, inner.right, newRight));
        }
        if (newRight != null && height(newRight) > height(newLeft) + 1) {
            RangeTree<T> inner = newRight.left;
            return inner == null || height(newRight.right) >= inner.height
                    ? new RangeTree<>(newRight, new RangeTree<>(this, newLeft, inner), newRight.right)
                    : new RangeTree<>(
                            inner,
                            new RangeTree<>(this, newLeft, inner.left),
                            new RangeTree<>(newRight, inner.right, newRight.right));
        }
        return new RangeTree<>(this, newLeft, newRight);
    }

    /** The value of the last range that starts at or below an address, or null. */
    static <T> @Nullable T lastFrom(@Nullable RangeTree<T> tree, long address) {
        T found = null;
        RangeTree<T> node = tree;
        while (node != null) {
            if (node.start <= address) {
                found = node.value;
                node = node.right;
            } else {
                node = node.left;
            }
        }
        return found;
    }

    /** The value of the first range that starts above an address, or null. */
    static <T> @Nullable T firstAbove(@Nullable RangeTree<T> tree, long address) {
        T found = null;
        RangeTree<T> node = tree;
        while (node != null) {
            if (node.start > address) {
                found = node.value;
                node = node.left;
            } else {
                node = node.right;
            }
        }
        return found;
    }

    /** Of the ranges that have an address, the value of the one with the lowest guest address, or null. Ranges may overlap. */
    static <T> @Nullable T lowestAt(@Nullable RangeTree<T> tree, long address) {
        RangeTree<T> found = lowestAt(tree, address, null);
        return found == null ? null : found.value;
    }

    private static <T> @Nullable RangeTree<T> lowestAt(
            @Nullable RangeTree<T> tree, long address, @Nullable RangeTree<T> before) {
        if (tree == null || tree.lastEnd <= address || (before != null && tree.lowestGpa >= before.gpa)) {
            return before;
        }
        RangeTree<T> found = lowestAt(tree.left, address, before);
        if (tree.start > address) {
            return found;
        }
        if (address < tree.end && (found == null || tree.gpa < found.gpa)) {
            found = tree;
        }
        return lowestAt(tree.right, address, found);
    }

    /** Visits all values, in the order of the starts. */
    static <T> void forEach(@Nullable RangeTree<T> tree, Consumer<? super T> action) {
        if (tree != null) {
            forEach(tree.left, action);
            action.accept(tree.value);
            forEach(tree.right, action);
        }
    }
}
