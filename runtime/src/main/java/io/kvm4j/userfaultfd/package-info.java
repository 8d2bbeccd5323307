/** The userfaultfd: its owner, and the ioctls that resolve faults. */
@NullMarked
package io.kvm4j.userfaultfd;

import org.jspecify.annotations.NullMarked;
