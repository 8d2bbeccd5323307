/** The userfaultfd uapi: views of the structs of {@code linux/userfaultfd.h}, its constants and its ioctls. */
@NullMarked
@UapiPackage(headers = "linux/userfaultfd.h", constants = "UserfaultfdConstants")
package io.kvm4j.uapi.userfaultfd;

import io.kvm4j.processor.annotations.UapiPackage;
import org.jspecify.annotations.NullMarked;
