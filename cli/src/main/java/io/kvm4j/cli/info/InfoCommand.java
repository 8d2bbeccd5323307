package io.kvm4j.cli.info;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvm4j.Kvm;
import io.kvm4j.Vm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.uapi.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvm4j info}. */
@Command(
        name = "info",
        description = {
            "Lists all capabilities with their numbers and values on this host.",
            "HOST is what /dev/kvm answers, VM what a new VM answers; 0 means that it is not there."
        },
        mixinStandardHelpOptions = true)
public final class InfoCommand implements Runnable {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    @Option(
            names = "--proposal",
            paramLabel = "NAME",
            description = "Also tell of a proposal's capabilities, and what mainline has in their place: "
                    + "${COMPLETION-CANDIDATES}.")
    private @Nullable Proposal proposal;

    /** Made by picocli. */
    InfoCommand() {}

    @Override
    public void run() {
        try (Kvm kvm = device.open();
                Vm vm = kvm.createVm()) {
            int version = kvm.ioctls().getApiVersion();
            List<Row> rows = rows(kvm.capabilities(), vm.capabilities());
            @Nullable ProposalReport report = proposal == null ? null : ProposalReport.of(proposal, kvm);
            System.out.println(json ? toJson(version, rows, report) : toTable(rows, report));
        }
    }

    private static List<Row> rows(Map<Capability, Integer> host, Map<Capability, Integer> vm) {
        List<Row> rows = new ArrayList<>();
        host.forEach((capability, value) -> rows.add(
                new Row(capability.name(), capability.number(), value, Objects.requireNonNull(vm.get(capability)))));
        return rows;
    }

    private static String toTable(List<Row> rows, @Nullable ProposalReport report) {
        int width = rows.stream().mapToInt(r -> r.name().length()).max().orElse(0);
        String line = "%-" + width + "s %6s %10s %10s";
        List<String> lines = new ArrayList<>();
        lines.add(line.formatted("CAPABILITY", "NUMBER", "HOST", "VM"));
        for (Row row : rows) {
            lines.add(line.formatted(row.name(), row.number(), row.host(), row.vm()));
        }
        if (report != null) {
            lines.add("");
            lines.addAll(report.toLines());
        }
        return String.join(System.lineSeparator(), lines);
    }

    private String toJson(int version, List<Row> rows, @Nullable ProposalReport report) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode info = mapper.createObjectNode();
        info.put("device", device.path().toString())
                .put("kernel", System.getProperty("os.version"))
                .put("apiVersion", version);
        ArrayNode capabilities = info.putArray("capabilities");
        for (Row row : rows) {
            capabilities
                    .addObject()
                    .put("name", row.name())
                    .put("number", row.number())
                    .put("host", row.host())
                    .put("vm", row.vm());
        }
        if (report != null) {
            report.addTo(info.putObject("proposal"));
        }
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(info);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and strings is always JSON", e);
        }
    }

    private record Row(String name, int number, int host, int vm) {}
}
