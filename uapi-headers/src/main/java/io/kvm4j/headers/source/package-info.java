/** Where headers come from: Debian's packages, by way of a cache. */
@NullMarked
package io.kvm4j.headers.source;

import org.jspecify.annotations.NullMarked;
