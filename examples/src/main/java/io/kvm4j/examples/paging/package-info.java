/**
 * An experiment: how fast pages of guest memory come that are provided when vCPUs touch them. {@link
 * io.kvm4j.examples.paging.DemandPaging} runs it.
 */
@NullMarked
package io.kvm4j.examples.paging;

import org.jspecify.annotations.NullMarked;
