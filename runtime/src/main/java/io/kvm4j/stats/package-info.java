/** What KVM counts of VMs and vCPUs, by name: {@link io.kvm4j.stats.Statistics}. */
@NullMarked
package io.kvm4j.stats;

import org.jspecify.annotations.NullMarked;
