/**
 * What will be written: views, enums, exits and ioctl calls with every name settled, every offset absolute and nothing
 * left to look up.
 */
@NullMarked
package io.kvm4j.processor.model;

import org.jspecify.annotations.NullMarked;
