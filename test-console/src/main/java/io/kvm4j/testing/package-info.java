/** What the tests of all modules print. */
@NullMarked
package io.kvm4j.testing;

import org.jspecify.annotations.NullMarked;
