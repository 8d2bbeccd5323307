/**
 * The KVM uapi as it is on every architecture: views of the structs of {@code linux/kvm.h}, its constants, its ioctls by
 * kind of file descriptor, and the exits of a vCPU. All but the ioctl interfaces and a few support classes is generated
 * from the headers.
 */
@NullMarked
@UapiPackage(
        headers = "linux/kvm.h",
        constants = "KvmConstants",
        neutral = "kvm_run",
        flexibleArrays = {
            @FlexibleArray(struct = "kvm_signal_mask", count = "len"),
            @FlexibleArray(struct = "kvm_irq_routing", count = "nr"),
            @FlexibleArray(struct = "kvm_reg_list", count = "n")
        })
package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.FlexibleArray;
import io.kvm4j.processor.annotations.UapiPackage;
import org.jspecify.annotations.NullMarked;
