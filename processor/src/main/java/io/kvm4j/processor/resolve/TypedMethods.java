package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.DescriptorSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.util.ElementFilter;

/** The methods of all interfaces of ioctls, among them those that take an enum where the ioctl takes a number. */
public final class TypedMethods {
    private final List<DescriptorSpec> descriptors;

    public TypedMethods(List<DescriptorSpec> descriptors) {
        this.descriptors = List.copyOf(descriptors);
    }

    /** Reports an ioctl whose number an enum names, if no method of that ioctl's name takes the enum. */
    void require(String request, ResolvedEnum argument, Report report) {
        String type = argument.type().held().simpleName();
        Set<String> names = descriptors.stream()
                .flatMap(d -> d.ioctls().stream())
                .filter(i -> i.request().value().equals(request))
                .map(i -> i.method().getSimpleName().toString())
                .collect(Collectors.toSet());
        boolean isTaken =
                methods().anyMatch(m -> names.contains(m.getSimpleName().toString()) && takes(m, type));
        if (!isTaken) {
            report.add(
                    Code.NO_TYPED_METHOD,
                    argument.site(),
                    request,
                    type,
                    names.stream().sorted().collect(Collectors.joining(" or ")));
        }
    }

    private Stream<ExecutableElement> methods() {
        return descriptors.stream()
                .flatMap(d -> ElementFilter.methodsIn(d.element().getEnclosedElements()).stream());
    }

    /** Whether a method's only parameter has a type, which need not exist yet. */
    private static boolean takes(ExecutableElement method, String type) {
        return method.getParameters().size() == 1
                && method.getParameters().getFirst().asType().toString().matches("(\\w+\\.)*" + type);
    }
}
