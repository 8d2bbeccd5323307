/**
 * What kvm4j costs beside C: loops and whole experiments that take turns with the same in C, in one process, and the costs
 * of single calls.
 */
@NullMarked
package io.kvm4j.benchmarks;

import org.jspecify.annotations.NullMarked;
