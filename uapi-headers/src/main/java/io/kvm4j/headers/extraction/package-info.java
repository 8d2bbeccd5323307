/**
 * From a header tree to a snapshot: headers are staged, jextract tells the declarations, libclang evaluates what
 * jextract loses, and the two are put together.
 */
@NullMarked
package io.kvm4j.headers.extraction;

import org.jspecify.annotations.NullMarked;
