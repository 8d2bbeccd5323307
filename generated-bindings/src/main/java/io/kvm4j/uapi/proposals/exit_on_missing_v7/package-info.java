/**
 * A proposal that was never merged: the seventh version of the series that would have added KVM_CAP_EXIT_ON_MISSING, of
 * February 2024. Its numbers mean something else on mainline; use them only on a kernel that is known to have it.
 */
@NullMarked
@UapiPackage(
        headers = "proposals/exit-on-missing-v7.h",
        constants = "ExitOnMissingV7Constants",
        set = "linux-6.12+exit-on-missing-v7")
package io.kvm4j.uapi.proposals.exit_on_missing_v7;

import io.kvm4j.processor.annotations.UapiPackage;
import org.jspecify.annotations.NullMarked;
