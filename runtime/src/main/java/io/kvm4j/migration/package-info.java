/**
 * A guest that moves to another host while it runs: the source stops it and sends its state ({@link
 * io.kvm4j.migration.MigrationSource}), the destination runs it on ({@link io.kvm4j.migration.MigrationDestination}), and
 * its memory follows when it is touched. The two agree so that at most one copy ever runs.
 */
@NullMarked
package io.kvm4j.migration;

import org.jspecify.annotations.NullMarked;
