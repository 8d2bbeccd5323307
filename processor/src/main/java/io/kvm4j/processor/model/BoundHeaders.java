package io.kvm4j.processor.model;

import java.util.List;

/**
 * What a package's constants class says about where the package comes from.
 *
 * @param set the header set
 * @param architectures the architectures that it is for
 * @param headers the headers that it claims
 * @param neutral whether what it holds is the same on all of them
 * @param excuses the ioctls without a method
 */
public record BoundHeaders(
        String set, List<String> architectures, List<String> headers, boolean neutral, List<Excuse> excuses) {
    public BoundHeaders {
        architectures = List.copyOf(architectures);
        headers = List.copyOf(headers);
        excuses = List.copyOf(excuses);
    }

    /** Ioctls without a method on some architectures, and why. */
    public record Excuse(List<String> requests, String reason, List<String> architectures) {
        public Excuse {
            requests = List.copyOf(requests);
            architectures = List.copyOf(architectures);
        }
    }
}
