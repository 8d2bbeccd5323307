/**
 * A proposal that was never merged: the third version of the series "KVM Userfault", of June 2025. Its numbers mean
 * something else on mainline; use them only on a kernel that is known to have it.
 */
@NullMarked
@UapiPackage(headers = "proposals/userfault-v3.h", constants = "UserfaultV3Constants", set = "linux-6.12+userfault-v3")
package io.kvm4j.uapi.proposals.userfault_v3;

import io.kvm4j.processor.annotations.UapiPackage;
import org.jspecify.annotations.NullMarked;
