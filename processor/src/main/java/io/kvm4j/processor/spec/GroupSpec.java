package io.kvm4j.processor.spec;

import java.util.List;
import javax.lang.model.element.TypeElement;

/**
 * A group of macros that share a prefix.
 *
 * @param element the spec interface
 * @param prefix the prefix
 * @param except macros that only share the prefix
 */
public record GroupSpec(TypeElement element, Stated<String> prefix, List<Stated<String>> except) {}
