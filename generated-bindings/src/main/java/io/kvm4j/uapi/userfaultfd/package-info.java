/** The userfaultfd uapi: views of the structs of {@code linux/userfaultfd.h}, its constants and its ioctls. */
@NullMarked
@UapiPackage(headers = "linux/userfaultfd.h", constants = "UserfaultfdConstants")
@Unclaimed(
        reason =
                "the ioctls that a small VM does without have no method yet; KvmConstants and IoctlCall.call reach them",
        value = {"USERFAULTFD_IOC_NEW"})
package io.kvm4j.uapi.userfaultfd;

import io.kvm4j.processor.annotations.UapiPackage;
import io.kvm4j.processor.annotations.Unclaimed;
import org.jspecify.annotations.NullMarked;
