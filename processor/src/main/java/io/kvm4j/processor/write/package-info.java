/** Writes resolved models as Java source. */
@NullMarked
package io.kvm4j.processor.write;

import org.jspecify.annotations.NullMarked;
