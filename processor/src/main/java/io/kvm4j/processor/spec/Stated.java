package io.kvm4j.processor.spec;

import io.kvm4j.processor.diagnostics.Site;

/**
 * A value together with the place in the spec that states it.
 *
 * @param value the value
 * @param site where it stands
 */
public record Stated<T>(T value, Site site) {}
