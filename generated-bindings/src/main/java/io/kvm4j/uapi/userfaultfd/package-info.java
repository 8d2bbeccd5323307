/** The userfaultfd uapi: views of the structs of {@code linux/userfaultfd.h}, its constants and its ioctls. */
@NullMarked
@UapiPackage(headers = "linux/userfaultfd.h", constants = "UserfaultfdConstants")
@Unclaimed(
        @Excuse(
                reason = "newer than the set that the bindings are generated from by default",
                since = "linux-7.3",
                value = {"UFFDIO_RWPROTECT", "UFFDIO_SET_MODE"}))
package io.kvm4j.uapi.userfaultfd;

import io.kvm4j.processor.annotations.Excuse;
import io.kvm4j.processor.annotations.UapiPackage;
import io.kvm4j.processor.annotations.Unclaimed;
import org.jspecify.annotations.NullMarked;
