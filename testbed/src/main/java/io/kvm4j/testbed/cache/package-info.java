/** What was built once and is kept outside the tree, by the hash of its inputs. */
@NullMarked
package io.kvm4j.testbed.cache;

import org.jspecify.annotations.NullMarked;
