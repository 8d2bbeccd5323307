package io.kvm4j.processor.spec;

import java.util.List;
import javax.lang.model.element.TypeElement;

/**
 * A group of macros.
 *
 * @param element the spec interface
 * @param prefix the prefix that they share; empty for none
 * @param macros macros that belong to it whatever their prefix
 * @param except macros that only share the prefix
 */
public record GroupSpec(
        TypeElement element, Stated<String> prefix, List<Stated<String>> macros, List<Stated<String>> except) {}
