/**
 * The oracle: gcc against the snapshots. It shares no code with the extraction but the snapshot model.
 */
@NullMarked
package io.kvm4j.headers.oracle;

import org.jspecify.annotations.NullMarked;
