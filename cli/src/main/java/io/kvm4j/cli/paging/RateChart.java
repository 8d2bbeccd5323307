package io.kvm4j.cli.paging;

import io.kvm4j.examples.paging.Mode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A chart of pages per second over vCPUs, a line for each mode, as SVG.
 *
 * @param rates what it shows
 */
record RateChart(List<Rate> rates) {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 440;
    private static final int LEFT = 90;
    private static final int RIGHT = 620;
    private static final int TOP = 50;
    private static final int BOTTOM = 380;
    private static final int TICKS_AT_MOST = 8;

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
        lines.add(text((LEFT + RIGHT) / 2, TOP - 22, "Guest memory provided on demand: pages per second over vCPUs"));
        addGrid(lines);
        byMode().forEach((mode, points) -> addLine(lines, mode, points));
        lines.add("</g>");
        lines.add("</svg>");
        return String.join("\n", lines) + "\n";
    }

    private void addGrid(List<String> lines) {
        double step = step();
        for (int tick = 0; tick * step <= highest(); tick++) {
            int y = y(tick * step);
            lines.add("<path d=\"M%d %dH%d\" stroke=\"#dddddd\"/>".formatted(LEFT, y, RIGHT));
            lines.add(text(LEFT - 36, y + 4, String.format(Locale.ROOT, "%,.0f", tick * step)));
        }
        for (int vcpus : vcpus()) {
            lines.add("<path d=\"M%d %dv5\" stroke=\"#222222\"/>".formatted(x(vcpus), BOTTOM));
            lines.add(text(x(vcpus), BOTTOM + 22, String.valueOf(vcpus)));
        }
        lines.add("<path d=\"M%d %dH%d\" stroke=\"#222222\"/>".formatted(LEFT, BOTTOM, RIGHT));
        lines.add(text((LEFT + RIGHT) / 2, BOTTOM + 44, "vCPUs"));
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
        Rate last = points.getLast();
        lines.add("<text x=\"%d\" y=\"%d\" text-anchor=\"start\" fill=\"%s\">%s</text>"
                .formatted(x(last.vcpus()) + 10, y(last.pagesPerSecond()) + 4, colour, mode));
    }

    private static String text(int x, int y, String text) {
        return "<text x=\"%d\" y=\"%d\">%s</text>".formatted(x, y, text);
    }

    private Map<Mode, List<Rate>> byMode() {
        return rates.stream()
                .sorted((a, b) -> Integer.compare(a.vcpus(), b.vcpus()))
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

    /** Numbers of vCPUs stand at equal distances, in order: they mostly double. */
    private int x(int vcpus) {
        List<Integer> all = vcpus();
        int margin = 40;
        int place = all.indexOf(vcpus);
        return LEFT + margin + place * (RIGHT - LEFT - 2 * margin) / Math.max(1, all.size() - 1);
    }

    private int y(double pagesPerSecond) {
        return (int) Math.round(BOTTOM - pagesPerSecond / highest() * (BOTTOM - TOP));
    }
}
