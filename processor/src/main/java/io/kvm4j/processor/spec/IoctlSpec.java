package io.kvm4j.processor.spec;

import io.kvm4j.processor.diagnostics.Site;
import java.util.Optional;
import javax.lang.model.element.ExecutableElement;

/**
 * A method that is an ioctl.
 *
 * @param method the method
 * @param request the name of the request macro
 * @param capability the capability that gates it, empty if the spec names none
 * @param flow how its argument flows, if the spec says
 * @param wrongMacro the annotation that says that the macro's direction is wrong
 * @param growing how the argument grows until the result fits
 * @param sized what tells the size of the argument
 * @param returnsErrno whether failure is returned instead of thrown
 */
public record IoctlSpec(
        ExecutableElement method,
        Stated<String> request,
        Stated<String> capability,
        Optional<Flow> flow,
        Optional<Site> wrongMacro,
        Optional<Growth> growing,
        Optional<Sizing> sized,
        boolean returnsErrno) {

    /** The method as a whole. */
    public Site site() {
        return Site.of(method);
    }

    /**
     * How a flexible array grows.
     *
     * @param initial elements of the first attempt
     * @param limit elements of the last
     */
    public record Growth(int initial, int limit) {}

    /**
     * How large a struct is.
     *
     * @param capability the capability whose value is the size
     * @param field the C name of the member that tells the kernel the size, empty for none
     */
    public record Sizing(Stated<String> capability, Stated<String> field) {}
}
