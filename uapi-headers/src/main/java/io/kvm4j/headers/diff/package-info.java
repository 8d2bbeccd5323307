/**
 * What two snapshots, or two header sets, declare differently, as data, text, JSON and HTML; what that means to an author
 * of specs; and which numbers of a proposal mean something else in mainline.
 */
@NullMarked
package io.kvm4j.headers.diff;

import org.jspecify.annotations.NullMarked;
