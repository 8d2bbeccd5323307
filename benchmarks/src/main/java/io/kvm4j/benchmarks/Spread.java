package io.kvm4j.benchmarks;

import java.util.Arrays;

/**
 * How a measured number spreads.
 *
 * @param least the least
 * @param lower a quarter are below
 * @param median half are below
 * @param upper a quarter are above
 * @param most the most
 */
record Spread(double least, double lower, double median, double upper, double most) {
    static Spread of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(sorted[0], at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75), sorted[sorted.length - 1]);
    }

    /** Between two numbers where none stands at the very place. */
    private static double at(double[] sorted, double part) {
        double place = part * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** Each number of the first divided by its partner in the second. */
    static Spread ofRatios(double[] dividends, double[] divisors) {
        double[] ratios = new double[dividends.length];
        Arrays.setAll(ratios, i -> dividends[i] / divisors[i]);
        return of(ratios);
    }
}
