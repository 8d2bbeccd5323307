/** What all packages of this module share: the architectures, and the exception that says what went wrong. */
@NullMarked
package io.kvm4j.headers;

import org.jspecify.annotations.NullMarked;
