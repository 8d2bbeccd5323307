package io.kvm4j.cli.paging;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvm4j.examples.paging.Counts;
import io.kvm4j.examples.paging.KernelCounters;
import io.kvm4j.examples.paging.Latencies;
import io.kvm4j.examples.paging.Mode;
import io.kvm4j.examples.paging.Outcome;
import io.kvm4j.examples.paging.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What was measured, for people and for programs. */
final class PagingReport {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private PagingReport() {}

    /** A row for each run, in microseconds; then how pages came, and what was counted. */
    static String toTable(List<Outcome> outcomes) {
        TextTable table = new TextTable(
                "mode", "vCPUs", "pages", "seconds", "pages/s", "p50 us", "p90 us", "p99 us", "p99.9 us", "max us");
        for (Outcome outcome : outcomes) {
            Setup setup = outcome.setup();
            Latencies took = outcome.latencies();
            table.add(List.of(
                    setup.mode().toString(),
                    String.valueOf(setup.vcpus()),
                    String.valueOf(setup.pages()),
                    fixed(outcome.seconds(), 3),
                    fixed(outcome.pagesPerSecond(), 0),
                    micros(took.p50()),
                    micros(took.p90()),
                    micros(took.p99()),
                    micros(took.p999()),
                    micros(took.max())));
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        outcomes.stream()
                .map(outcome -> outcome.setup().mode() + ": " + outcome.protocol())
                .distinct()
                .forEach(lines::add);
        lines.add("The guest found the content of every page right. Counted, and by KVM itself:");
        outcomes.forEach(outcome -> lines.add(counted(outcome)));
        return String.join(System.lineSeparator(), lines) + System.lineSeparator();
    }

    private static String micros(long nanos) {
        return fixed(nanos / 1e3, 1);
    }

    private static String fixed(double number, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", number);
    }

    private static String counted(Outcome outcome) {
        Counts counts = outcome.counts();
        KernelCounters kernel = counts.kernel();
        return "%-4s %5d  %d exits for faults, %d pages put in place; KVM: %d faults, %d pages mapped, %d MMIO exits"
                .formatted(
                        outcome.setup().mode(),
                        outcome.setup().vcpus(),
                        counts.faultExits(),
                        counts.installed(),
                        kernel.faultsTaken(),
                        kernel.pagesMapped(),
                        kernel.mmioExits());
    }

    /** An object on a line for each run. */
    static String toJson(List<Outcome> outcomes) {
        return outcomes.stream().map(PagingReport::toJson).collect(Collectors.joining());
    }

    private static String toJson(Outcome outcome) {
        Setup setup = outcome.setup();
        ObjectNode run = MAPPER.createObjectNode()
                .put("mode", setup.mode().toString())
                .put("protocol", outcome.protocol())
                .put("vcpus", setup.vcpus())
                .put("pages", setup.pages())
                .put("readers", setup.readers())
                .put("source", setup.source().toString())
                .put("seconds", outcome.seconds())
                .put("pagesPerSecond", outcome.pagesPerSecond());
        Latencies took = outcome.latencies();
        run.putObject("latencyNanos")
                .put("mean", took.mean())
                .put("p50", took.p50())
                .put("p90", took.p90())
                .put("p99", took.p99())
                .put("p999", took.p999())
                .put("max", took.max());
        Counts counts = outcome.counts();
        run.putObject("counts")
                .put("faultExits", counts.faultExits())
                .put("installed", counts.installed())
                .put("duplicates", counts.duplicates())
                .put("retries", counts.retries());
        run.putObject("kernel")
                .put("faultsTaken", counts.kernel().faultsTaken())
                .put("pagesMapped", counts.kernel().pagesMapped())
                .put("mmioExits", counts.kernel().mmioExits());
        Origin.here().addTo(run);
        run.put("agree", counts.contradiction(setup).isEmpty());
        try {
            return MAPPER.writeValueAsString(run) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and strings is always JSON", e);
        }
    }

    /**
     * The chart of the rates that {@link #toJson} printed: from all lines that are objects, whatever is between them.
     *
     * @throws IllegalArgumentException if such a line is something else
     */
    static RateChart read(Path file) throws IOException {
        List<RateChart.Rate> rates = new ArrayList<>();
        Set<String> captions = new LinkedHashSet<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.startsWith("{")) {
                JsonNode run = parse(line, number);
                rates.add(rate(run, number));
                captions.add(Origin.of(run).caption());
            }
        }
        captions.remove("");
        return new RateChart(rates, String.join("; ", captions));
    }

    private static JsonNode parse(String line, int number) {
        try {
            return MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("line %d is cut off, or no JSON".formatted(number), e);
        }
    }

    private static RateChart.Rate rate(JsonNode run, int number) {
        for (String figure : List.of("vcpus", "pagesPerSecond")) {
            if (!run.path(figure).isNumber()) {
                throw new IllegalArgumentException("line %d has no number called %s".formatted(number, figure));
            }
        }
        return new RateChart.Rate(
                Mode.of(run.path("mode").asText()),
                run.path("vcpus").asInt(),
                run.path("pagesPerSecond").asDouble());
    }

    /** The chart of what was measured here just now. */
    static RateChart chart(List<Outcome> outcomes) {
        List<RateChart.Rate> rates = outcomes.stream()
                .map(outcome -> new RateChart.Rate(
                        outcome.setup().mode(), outcome.setup().vcpus(), outcome.pagesPerSecond()))
                .toList();
        return new RateChart(rates, Origin.here().caption());
    }
}
