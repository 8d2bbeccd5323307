package io.kvm4j.processor.spec;

import com.palantir.javapoet.TypeName;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** Reads the annotations of a spec into values that carry their place. */
public final class SpecReader {
    private SpecReader() {}

    /** Reads a package that is annotated with {@code @UapiPackage}. */
    public static PackageSpec readPackage(PackageElement element) {
        AnnotationUse use = AnnotationUse.find(element, "UapiPackage").orElseThrow();
        return new PackageSpec(
                element,
                use.site(),
                use.strings("headers"),
                use.string("constants"),
                use.string("architecture"),
                use.string("set"),
                use.strings("neutral"),
                use.annotations("flexibleArrays").stream()
                        .map(f -> new PackageSpec.FlexibleArrayCount(f.string("struct"), f.string("count")))
                        .toList(),
                AnnotationUse.find(element, "Unclaimed").stream()
                        .flatMap(u -> u.annotations("value").stream())
                        .map(SpecReader::excused)
                        .toList());
    }

    /** Reads a type that is annotated with {@code @ValueEnum}. */
    public static EnumSpec readValueEnum(TypeElement element) {
        AnnotationUse use = AnnotationUse.find(element, "ValueEnum").orElseThrow();
        return new EnumSpec.Values(
                group(element, use, use.strings("macros")), holders(use), use.string("mask"), use.string("shift"));
    }

    /** Reads a type that is annotated with {@code @FlagEnum}. */
    public static EnumSpec readFlagEnum(TypeElement element) {
        AnnotationUse use = AnnotationUse.find(element, "FlagEnum").orElseThrow();
        return new EnumSpec.Flags(group(element, use, use.strings("macros")), holders(use), use.flag("numbered"));
    }

    /** Reads an element that is annotated with {@code @PlainConstants}. */
    public static PlainSpec readPlainConstants(Element element) {
        AnnotationUse use = AnnotationUse.find(element, "PlainConstants").orElseThrow();
        return new PlainSpec(
                element,
                use.annotations("value").stream()
                        .map(p -> new PlainSpec.Group(
                                p.strings("prefixes"),
                                p.strings("constants"),
                                p.string("reason").value()))
                        .toList());
    }

    /** Reads a type that is annotated with {@code @Exits}. */
    public static ExitsSpec readExits(TypeElement element) {
        AnnotationUse use = AnnotationUse.find(element, "Exits").orElseThrow();
        return new ExitsSpec(
                group(element, use, List.of()),
                use.string("reasons"),
                use.string("struct"),
                use.string("field"),
                use.strings("unread"),
                use.annotations("exits").stream().map(SpecReader::exit).toList(),
                use.annotations("families").stream()
                        .map(f -> new ExitsSpec.Family(f.string("name"), f.strings("reasons"), f.string("prefix")))
                        .toList());
    }

    /** Reads an interface that is annotated with {@code @Ioctls}. */
    public static DescriptorSpec readDescriptor(TypeElement element) {
        return new DescriptorSpec(
                element,
                parents(element).toList(),
                ioctls(element).toList(),
                others(element).toList(),
                ancestors(element).flatMap(SpecReader::ioctls).toList());
    }

    /** Whether the source of a type is annotated with {@code @Ioctls}. */
    public static boolean isDescriptor(TypeElement element) {
        return AnnotationUse.find(element, "Ioctls").isPresent();
    }

    /** Says so if a spec is anything but an interface. */
    public static boolean requireInterface(Element element, String annotation, Report report) {
        if (element.getKind() == ElementKind.INTERFACE) {
            return true;
        }
        report.add(Code.NOT_AN_INTERFACE, Site.of(element), element.getSimpleName(), annotation);
        return false;
    }

    private static GroupSpec group(TypeElement element, AnnotationUse use, List<Stated<String>> macros) {
        return new GroupSpec(element, use.string("prefix"), macros, use.strings("except"));
    }

    private static EnumSpec.Holders holders(AnnotationUse use) {
        Stream<EnumSpec.FieldUse> always = use.strings("fields").stream().map(f -> new EnumSpec.FieldUse(f, ""));
        Stream<EnumSpec.FieldUse> tagged = use.annotations("tagged").stream()
                .map(t -> new EnumSpec.FieldUse(
                        t.string("value"), t.string("when").value()));
        return new EnumSpec.Holders(
                Stream.concat(always, tagged).toList(),
                use.strings("arguments"),
                use.string("elsewhere").value());
    }

    private static Excused excused(AnnotationUse use) {
        return new Excused(
                use.strings("value"),
                use.string("reason").value(),
                use.strings("architectures"),
                use.string("since").value().isEmpty()
                        && use.string("until").value().isEmpty());
    }

    private static ExitsSpec.Single exit(AnnotationUse use) {
        TypeMirror offers = use.type("offers");
        Optional<TypeName> offered =
                offers.getKind() == TypeKind.VOID ? Optional.empty() : Optional.of(TypeName.get(offers));
        return new ExitsSpec.Single(
                use.string("value"), use.string("arm"), use.strings("also"), use.string("type"), offered);
    }

    private static Stream<TypeElement> parents(TypeElement element) {
        return element.getInterfaces().stream()
                .filter(parent -> parent.getKind() == TypeKind.DECLARED)
                .map(parent -> (TypeElement) ((DeclaredType) parent).asElement());
    }

    private static Stream<TypeElement> ancestors(TypeElement element) {
        return parents(element).flatMap(parent -> Stream.concat(Stream.of(parent), ancestors(parent)));
    }

    private static Stream<IoctlSpec> ioctls(TypeElement element) {
        return ElementFilter.methodsIn(element.getEnclosedElements()).stream()
                .flatMap(method -> ioctl(method).stream());
    }

    private static Stream<ExecutableElement> others(TypeElement element) {
        return ElementFilter.methodsIn(element.getEnclosedElements()).stream()
                .filter(m -> m.getModifiers().contains(Modifier.ABSTRACT))
                .filter(m -> AnnotationUse.find(m, "Ioctl").isEmpty() && !isMethodOfObject(m));
    }

    /** Whether every object has a method, so that an interface may declare it and nobody need implement it. */
    private static boolean isMethodOfObject(ExecutableElement method) {
        List<String> parameters =
                method.getParameters().stream().map(p -> p.asType().toString()).toList();
        return switch (method.getSimpleName().toString()) {
            case "hashCode", "toString" -> parameters.isEmpty();
            case "equals" -> parameters.equals(List.of("java.lang.Object"));
            default -> false;
        };
    }

    private static Optional<IoctlSpec> ioctl(ExecutableElement method) {
        return AnnotationUse.find(method, "Ioctl")
                .map(use -> new IoctlSpec(
                        method,
                        use.string("value"),
                        use.string("capability"),
                        flow(method),
                        AnnotationUse.find(method, "WrongMacro").map(AnnotationUse::site),
                        AnnotationUse.find(method, "Growing")
                                .map(g -> new IoctlSpec.Growth(g.number("initial"), g.number("limit"))),
                        AnnotationUse.find(method, "SizedBy")
                                .map(s -> new IoctlSpec.Sizing(s.string("value"), s.string("field"))),
                        AnnotationUse.find(method, "ReturnsErrno").isPresent()));
    }

    /** The flow stands at the parameter, or at a method that makes its argument itself. */
    private static Optional<Flow> flow(ExecutableElement method) {
        return Stream.concat(method.getParameters().stream(), Stream.of(method))
                .flatMap(element -> Stream.of(
                                AnnotationUse.find(element, "In").map(_ -> Flow.IN),
                                AnnotationUse.find(element, "Out").map(_ -> Flow.OUT),
                                AnnotationUse.find(element, "InOut").map(_ -> Flow.IN_OUT))
                        .flatMap(Optional::stream))
                .findFirst();
    }
}
