/** The hosts of the testbed, as data, and what is said when one cannot be had. */
@NullMarked
package io.kvm4j.testbed;

import org.jspecify.annotations.NullMarked;
