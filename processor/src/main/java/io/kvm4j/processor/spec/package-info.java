/** What specs say, read from their annotations and not yet compared with any header. */
@NullMarked
package io.kvm4j.processor.spec;

import org.jspecify.annotations.NullMarked;
