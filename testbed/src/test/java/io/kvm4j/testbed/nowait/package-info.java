/** What the nowait host's kernel does, sentence by sentence of its documentation in testbed/kernel. */
@NullMarked
package io.kvm4j.testbed.nowait;

import org.jspecify.annotations.NullMarked;
