package io.kvm4j.processor.spec;

import java.util.List;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/**
 * The interface of one kind of file descriptor.
 *
 * @param element the interface
 * @param parents the interfaces that it extends
 * @param ioctls the ioctl methods that it declares
 * @param others the abstract methods that it declares without saying which ioctl they are
 * @param inherited the ioctl methods that its parents declare, where their sources are part of this compilation
 */
public record DescriptorSpec(
        TypeElement element,
        List<TypeElement> parents,
        List<IoctlSpec> ioctls,
        List<ExecutableElement> others,
        List<IoctlSpec> inherited) {

    public DescriptorSpec {
        parents = List.copyOf(parents);
        ioctls = List.copyOf(ioctls);
        others = List.copyOf(others);
        inherited = List.copyOf(inherited);
    }
}
