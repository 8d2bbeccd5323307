/**
 * Brings specs and headers together: decides which package each declaration goes to, settles names, and compares what a
 * spec says with what the headers say. Whatever disagrees goes to the report; what is left can be written as it is.
 */
@NullMarked
package io.kvm4j.processor.resolve;

import org.jspecify.annotations.NullMarked;
