package io.kvm4j.testbed.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvm4j.testbed.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the KVM of a host says of itself.
 *
 * @param kernel the release of its kernel, as {@code uname -r} prints it
 * @param apiVersion what {@code KVM_GET_API_VERSION} returns
 * @param capabilities what {@code KVM_CHECK_EXTENSION} returns, by the number of the capability
 */
record HostKvm(String kernel, int apiVersion, Map<Integer, Integer> capabilities) {
    HostKvm {
        capabilities = Map.copyOf(capabilities);
    }

    /** Reads the output of {@code kvm4j info --json}. */
    static HostKvm read(Path json) throws IOException {
        JsonNode info = new ObjectMapper().readTree(json.toFile());
        Map<Integer, Integer> capabilities = new HashMap<>();
        info.path("capabilities")
                .forEach(c -> capabilities.put(
                        c.path("number").asInt(), c.path("host").asInt()));
        return new HostKvm(info.path("kernel").asText(), info.path("apiVersion").asInt(), capabilities);
    }

    /** For the user, the capabilities that set the host apart. */
    List<String> toLines(Host host) {
        int width = host.capabilities().stream()
                .mapToInt(c -> c.name().length())
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        lines.add("Linux %s, KVM API %d".formatted(kernel, apiVersion));
        for (Host.NamedCapability c : host.capabilities()) {
            lines.add(("%-" + width + "s (%d) %d")
                    .formatted(c.name(), c.number(), capabilities.getOrDefault(c.number(), 0)));
        }
        return lines;
    }
}
