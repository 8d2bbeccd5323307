/** {@code kvm4j demand-paging}: measures the page-fault rate of demand-paged guest memory. */
@NullMarked
package io.kvm4j.cli.paging;

import org.jspecify.annotations.NullMarked;
