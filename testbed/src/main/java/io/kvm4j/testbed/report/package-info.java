/** The reports of tests that ran inside a host, as they are after tests that ran here. */
@NullMarked
package io.kvm4j.testbed.report;

import org.jspecify.annotations.NullMarked;
