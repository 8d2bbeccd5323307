package io.kvm4j.cpuid;

/**
 * The vCPU that a {@link CpuidPolicy} makes a table for.
 *
 * @param vcpuId its number, which in KVM is its APIC id
 * @param localApic whether its APIC is in the kernel ({@link io.kvm4j.X86Vm#createIrqchip} or a split irqchip)
 * @param tscDeadlineTimer whether KVM has {@code KVM_CAP_TSC_DEADLINE_TIMER}
 */
public record CpuidTarget(int vcpuId, boolean localApic, boolean tscDeadlineTimer) {}
