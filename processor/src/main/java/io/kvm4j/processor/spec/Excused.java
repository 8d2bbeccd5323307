package io.kvm4j.processor.spec;

import java.util.List;

/**
 * Ioctls that have no method on purpose.
 *
 * @param requests the request macros
 * @param reason why they have none
 * @param architectures the architectures; empty for that of the package, or for all if it has none
 * @param everywhere whether all header sets have them
 */
public record Excused(
        List<Stated<String>> requests, String reason, List<Stated<String>> architectures, boolean everywhere) {
    public Excused {
        requests = List.copyOf(requests);
        architectures = List.copyOf(architectures);
    }
}
