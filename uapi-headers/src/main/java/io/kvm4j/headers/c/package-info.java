/**
 * C declarations as clang prints them: a tokenizer, a parser, and the declaration tree that they make.
 */
@NullMarked
package io.kvm4j.headers.c;

import org.jspecify.annotations.NullMarked;
