/** What the tests inside a host print while they run. */
@NullMarked
package io.kvm4j.testbed.feed;

import org.jspecify.annotations.NullMarked;
