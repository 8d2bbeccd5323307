/** What a host boots: its kernel, and the file system in memory that is its whole user space. */
@NullMarked
package io.kvm4j.testbed.image;

import org.jspecify.annotations.NullMarked;
