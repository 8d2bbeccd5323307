package io.kvm4j.cli.paging;

import io.kvm4j.examples.paging.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A chart of pages per second over vCPUs, a line for each mode, as SVG.
 *
 * @param rates what it shows
 * @param caption where and when that was measured; may be empty
 */
record RateChart(List<Rate> rates, String caption) {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 460;
    private static final int LEFT = 90;
    private static final int RIGHT = 620;
    private static final int TOP = 50;
    private static final int BOTTOM = 380;
    private static final int MARGIN = 40;
    private static final int TICKS_AT_MOST = 8;

    /** How far apart the labels of lines are at least, from top to bottom. */
    private static final int LABEL_HEIGHT = 17;

    /** How far apart the labels of the axis are at least, from left to right. */
    private static final int LABEL_WIDTH = 26;

    private static final Map<Mode, String> COLOURS =
            new EnumMap<>(Map.of(Mode.EXIT, "#0072b2", Mode.UFFD, "#d55e00", Mode.NONE, "#666666"));

    /**
     * A point of it.
     *
     * @param mode how pages came
     * @param vcpus how many vCPUs touched them
     * @param pagesPerSecond how many came in a second
     */
    record Rate(Mode mode, int vcpus, double pagesPerSecond) {}

    RateChart {
        rates = List.copyOf(rates);
    }

    /** Draws it. */
    String toSvg() {
        List<String> lines = new ArrayList<>();
        lines.add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">"
                .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
        lines.add("<g font-family=\"sans-serif\" font-size=\"13\" text-anchor=\"middle\" fill=\"#222222\">");
        lines.add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>".formatted(WIDTH, HEIGHT));
        lines.add(text((LEFT + RIGHT) / 2, TOP - 24, "Guest memory provided on demand"));
        addGrid(lines);
        Map<Mode, List<Rate>> byMode = byMode();
        byMode.forEach((mode, points) -> addLine(lines, mode, points));
        addLabels(lines, byMode);
        lines.add("<text x=\"%d\" y=\"%d\" font-size=\"11\" fill=\"#666666\">%s</text>"
                .formatted(WIDTH / 2, HEIGHT - 12, escape(caption)));
        lines.add("</g>");
        lines.add("</svg>");
        return String.join("\n", lines) + "\n";
    }

    private void addGrid(List<String> lines) {
        double step = step();
        for (int tick = 0; tick * step <= highest(); tick++) {
            int y = y(tick * step);
            lines.add("<path d=\"M%d %dH%d\" stroke=\"#dddddd\"/>".formatted(LEFT, y, RIGHT));
            lines.add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                    .formatted(LEFT - 8, y + 4, String.format(Locale.ROOT, "%,.0f", tick * step)));
        }
        int end = Integer.MIN_VALUE;
        for (int vcpus : vcpus()) {
            int x = x(vcpus);
            lines.add("<path d=\"M%d %dv5\" stroke=\"#222222\"/>".formatted(x, BOTTOM));
            if (x - end >= LABEL_WIDTH || end == Integer.MIN_VALUE) {
                lines.add(text(x, BOTTOM + 22, String.valueOf(vcpus)));
                end = x;
            }
        }
        lines.add("<path d=\"M%d %dH%d\" stroke=\"#222222\"/>".formatted(LEFT, BOTTOM, RIGHT));
        lines.add(text((LEFT + RIGHT) / 2, BOTTOM + 44, "vCPUs (logarithmic scale)"));
        lines.add("<text x=\"%d\" y=\"%d\" text-anchor=\"start\">pages/s</text>".formatted(LEFT - 60, TOP - 10));
    }

    private void addLine(List<String> lines, Mode mode, List<Rate> points) {
        String colour = COLOURS.get(mode);
        String path = points.stream()
                .map(point -> "%d,%d".formatted(x(point.vcpus()), y(point.pagesPerSecond())))
                .collect(Collectors.joining(" "));
        lines.add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>".formatted(path, colour));
        for (Rate point : points) {
            lines.add(
                    "<circle cx=\"%d\" cy=\"%d\" r=\"4\" fill=\"%s\"><title>%s, %d vCPUs: %.0f pages/s</title></circle>"
                            .formatted(
                                    x(point.vcpus()),
                                    y(point.pagesPerSecond()),
                                    colour,
                                    mode,
                                    point.vcpus(),
                                    point.pagesPerSecond()));
        }
    }

    /** Names each line at its end, moved down where two names would lie on each other. */
    private void addLabels(List<String> lines, Map<Mode, List<Rate>> byMode) {
        List<Rate> ends = byMode.values().stream()
                .map(List::getLast)
                .sorted(Comparator.comparingDouble(Rate::pagesPerSecond).reversed())
                .toList();
        int next = TOP;
        for (Rate end : ends) {
            int y = Math.max(y(end.pagesPerSecond()) + 4, next);
            next = y + LABEL_HEIGHT;
            lines.add("<text x=\"%d\" y=\"%d\" text-anchor=\"start\" fill=\"%s\">%s</text>"
                    .formatted(x(end.vcpus()) + 10, y, COLOURS.get(end.mode()), end.mode()));
        }
    }

    private static String text(int x, int y, String text) {
        return "<text x=\"%d\" y=\"%d\">%s</text>".formatted(x, y, text);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private Map<Mode, List<Rate>> byMode() {
        return rates.stream()
                .sorted(Comparator.comparingInt(Rate::vcpus))
                .collect(Collectors.groupingBy(Rate::mode, () -> new EnumMap<>(Mode.class), Collectors.toList()));
    }

    private List<Integer> vcpus() {
        return rates.stream().map(Rate::vcpus).distinct().sorted().toList();
    }

    private double highest() {
        return rates.stream().mapToDouble(Rate::pagesPerSecond).max().orElse(1);
    }

    /** The least of 1, 2, 5, 10, 20 … that leaves few enough ticks. */
    private double step() {
        double step = 1;
        for (int i = 1; highest() / step > TICKS_AT_MOST; i++) {
            step *= i % 3 == 2 ? 2.5 : 2;
        }
        return step;
    }

    /** Twice as many vCPUs are always as far to the right, whichever were measured. */
    private int x(int vcpus) {
        List<Integer> all = vcpus();
        double first = Math.log(all.getFirst());
        double span = Math.log(all.getLast()) - first;
        double place = span == 0 ? 0 : (Math.log(vcpus) - first) / span;
        return (int) Math.round(LEFT + MARGIN + place * (RIGHT - LEFT - 2 * MARGIN));
    }

    private int y(double pagesPerSecond) {
        return (int) Math.round(BOTTOM - pagesPerSecond / highest() * (BOTTOM - TOP));
    }
}
