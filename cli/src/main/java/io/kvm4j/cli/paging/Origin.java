package io.kvm4j.cli.paging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Where and when something was measured.
 *
 * @param host the machine's name
 * @param kernel its release
 * @param architecture as Java calls it
 * @param date the day
 */
record Origin(String host, String kernel, String architecture, String date) {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    /** This machine, today. */
    static Origin here() {
        return new Origin(
                hostName(),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                LocalDate.now(ZoneId.systemDefault()).toString());
    }

    private static String hostName() {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException _) {
            return "";
        }
    }

    /** What {@link #addTo} added; empty strings where there was nothing. */
    static Origin of(JsonNode run) {
        JsonNode origin = run.path("origin");
        return new Origin(
                origin.path("host").asText(),
                origin.path("kernel").asText(),
                origin.path("architecture").asText(),
                origin.path("date").asText());
    }

    void addTo(ObjectNode run) {
        run.putObject("origin")
                .put("host", host)
                .put("kernel", kernel)
                .put("architecture", architecture)
                .put("date", date);
    }

    /** One line for the foot of a chart; empty if nothing is known. */
    String caption() {
        return kernel.isEmpty()
                ? ""
                : "%s, Linux %s on %s, %s"
                        .formatted(host.isEmpty() ? "unnamed host" : host, kernel, architecture, date);
    }
}
