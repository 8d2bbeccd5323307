/**
 * A proposal that was never merged: the second version of the series "KVM: Introduce KVM_CAP_MEMORY_FAULT_NOWAIT", for
 * x86 and arm64, of March 2023. Its numbers mean something else on mainline; use them only on a kernel that is known to
 * have it.
 */
@NullMarked
@UapiPackage(
        headers = "proposals/memory-fault-nowait-v2.h",
        constants = "MemoryFaultNowaitV2Constants",
        set = "linux-6.1+memory-fault-nowait-v2")
package io.kvm4j.uapi.proposals.memory_fault_nowait_v2;

import io.kvm4j.processor.annotations.UapiPackage;
import org.jspecify.annotations.NullMarked;
