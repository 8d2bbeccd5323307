/** VMM starters: each is one file that reads from top to bottom, guest included, and does one thing on a real KVM. */
@NullMarked
package io.kvm4j.examples;

import org.jspecify.annotations.NullMarked;
