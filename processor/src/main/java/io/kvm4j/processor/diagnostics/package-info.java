/** What the processor has to say about a spec: a catalogue of codes, diagnostics as data, and the one place that prints. */
@NullMarked
package io.kvm4j.processor.diagnostics;

import org.jspecify.annotations.NullMarked;
