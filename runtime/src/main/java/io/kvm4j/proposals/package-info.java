/** What unmerged proposals need besides their bindings: probes that tell which one a kernel has, and their bitmaps. */
@NullMarked
package io.kvm4j.proposals;

import org.jspecify.annotations.NullMarked;
