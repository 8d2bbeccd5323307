package io.kvm4j.processor.spec;

import java.util.List;
import javax.lang.model.element.TypeElement;

/**
 * The interface of one kind of file descriptor.
 *
 * @param element the interface
 * @param ioctls its ioctl methods, inherited ones first
 */
public record DescriptorSpec(TypeElement element, List<IoctlSpec> ioctls) {}
