package io.kvm4j.processor.diagnostics;

/**
 * One thing that is wrong with a spec.
 *
 * @param code which kind of thing
 * @param site where
 * @param message what exactly, with the code in front
 */
public record Diagnostic(Code code, Site site, String message) {}
