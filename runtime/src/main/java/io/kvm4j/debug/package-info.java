/**
 * Guests under a debugger: {@link io.kvm4j.debug.GuestDebug} steps a vCPU and stops it at breakpoints, and what stopped it is
 * a {@link io.kvm4j.debug.DebugEvent}.
 */
@NullMarked
package io.kvm4j.debug;

import org.jspecify.annotations.NullMarked;
