/**
 * Guest memory whose pages arrive when the guest touches them: {@link io.kvm4j.fault.DemandPager} fetches each from a
 * {@link io.kvm4j.pages.PageSource}, by what the kernel has for it (a {@link io.kvm4j.fault.FaultStrategy}), and stops the
 * guest rather than let it see memory that is wrong.
 */
@NullMarked
package io.kvm4j.fault;

import org.jspecify.annotations.NullMarked;
