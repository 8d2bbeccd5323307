/** A host at work: the emulator, the channels to what runs inside, and how it ended. */
@NullMarked
package io.kvm4j.testbed.machine;

import org.jspecify.annotations.NullMarked;
