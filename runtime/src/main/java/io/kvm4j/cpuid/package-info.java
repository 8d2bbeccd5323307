/**
 * What a guest's CPUID instruction answers: {@link io.kvm4j.cpuid.Cpuid} is a table of answers, {@link
 * io.kvm4j.cpuid.CpuidPolicy} makes a vCPU's table from what KVM supports. On x86_64 only.
 */
@NullMarked
package io.kvm4j.cpuid;

import org.jspecify.annotations.NullMarked;
