/** The system calls that the runtime makes beside {@code ioctl(2)}, and the owners of what they return. */
@NullMarked
package io.kvm4j.posix;

import org.jspecify.annotations.NullMarked;
