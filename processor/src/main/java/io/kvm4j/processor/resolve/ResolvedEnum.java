package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Site;
import io.kvm4j.processor.model.EnumType;

/**
 * An enum together with where it was specified.
 *
 * @param type the enum
 * @param scope what its package sees
 * @param site its annotation
 */
public record ResolvedEnum(EnumType type, EnumScope scope, Site site) {}
