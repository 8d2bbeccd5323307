/**
 * Running jextract, and reading what it generates: the C declarations that stand in its Javadoc, and the layouts.
 */
@NullMarked
package io.kvm4j.headers.jextract;

import org.jspecify.annotations.NullMarked;
