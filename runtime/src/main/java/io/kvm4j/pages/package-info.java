/**
 * Where the content of guest memory comes from: a {@link io.kvm4j.pages.PageSource} is a file, memory, or a connection to a
 * {@link io.kvm4j.pages.PageServer}.
 */
@NullMarked
package io.kvm4j.pages;

import org.jspecify.annotations.NullMarked;
