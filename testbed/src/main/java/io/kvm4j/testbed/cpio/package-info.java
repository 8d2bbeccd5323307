/** The archive format that the kernel unpacks at boot (cpio, "newc"), written and read. */
@NullMarked
package io.kvm4j.testbed.cpio;

import org.jspecify.annotations.NullMarked;
