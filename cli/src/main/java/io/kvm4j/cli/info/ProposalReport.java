package io.kvm4j.cli.info;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvm4j.Kvm;
import io.kvm4j.uapi.Capability;
import java.util.ArrayList;
import java.util.List;

/**
 * What a kernel says of a proposal.
 *
 * @param proposal the proposal
 * @param supported whether the kernel has it
 * @param rows its capabilities
 */
record ProposalReport(Proposal proposal, boolean supported, List<Row> rows) {

    /**
     * One capability of the proposal.
     *
     * @param host what the kernel answers for the number
     * @param onMainline what has the number on mainline
     */
    record Row(String name, int number, int host, String onMainline) {}

    /** Asks the kernel. */
    static ProposalReport of(Proposal proposal, Kvm kvm) {
        List<Row> rows = proposal.capabilities().stream()
                .map(c -> new Row(
                        c.name(),
                        c.number(),
                        kvm.checkExtension(Capability.of(c.number())),
                        Capability.of(c.number()).name()))
                .toList();
        return new ProposalReport(proposal, kvm.supports(proposal.variant()), rows);
    }

    /** For people. */
    List<String> toLines() {
        int width = rows.stream().mapToInt(r -> r.name().length()).max().orElse(0);
        String line = "%-" + width + "s %6s %10s  %s";
        List<String> lines = new ArrayList<>();
        lines.add("This kernel %s the proposal %s.".formatted(supported ? "has" : "does not have", proposal));
        lines.add(line.formatted("PROPOSED", "NUMBER", "HOST", "ON MAINLINE"));
        rows.forEach(r -> lines.add(line.formatted(r.name(), r.number(), r.host(), r.onMainline())));
        return lines;
    }

    /** For programs. */
    void addTo(ObjectNode node) {
        node.put("name", proposal.toString()).put("supported", supported);
        ArrayNode capabilities = node.putArray("capabilities");
        for (Row row : rows) {
            capabilities
                    .addObject()
                    .put("name", row.name())
                    .put("number", row.number())
                    .put("host", row.host())
                    .put("onMainline", row.onMainline());
        }
    }
}
