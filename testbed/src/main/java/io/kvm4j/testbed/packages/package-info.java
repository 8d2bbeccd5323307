/** Programs and packages of the machine, and packages of Debian's archive that the machine doesn't have. */
@NullMarked
package io.kvm4j.testbed.packages;

import org.jspecify.annotations.NullMarked;
