package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.TypeName;
import io.kvm4j.processor.model.View;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** What a parameter or result of an ioctl method stands for in C. */
sealed interface ArgumentType {
    /** A number of {@code size} bytes. */
    record Numeric(TypeName type, int size) implements ArgumentType {}

    /** A generated view; {@code counted} if it can be allocated with a number of elements, which it then holds. */
    record Struct(TypeName type, String cType, long size, boolean counted) implements ArgumentType {}

    /** Any generated view. */
    record AnyStruct(TypeName type) implements ArgumentType {}

    /** Something that allocates the argument. */
    record Allocator() implements ArgumentType {}

    /** Nothing that an ioctl could take. */
    record Unsupported(String name) implements ArgumentType {}

    /** Classifies a type, which need not exist yet if this compilation generates it. */
    static ArgumentType of(TypeMirror type, Bindings bindings) {
        return switch (type.getKind()) {
            case INT -> new Numeric(TypeName.INT, Integer.BYTES);
            case LONG -> new Numeric(TypeName.LONG, Long.BYTES);
            case ERROR ->
                bindings.viewNamed(type.toString())
                        .<ArgumentType>map(v -> new Struct(
                                v.type(), cType(v), v.size(), v.count().isPresent()))
                        .orElseGet(() -> new Unsupported(type.toString()));
            case DECLARED -> declared((DeclaredType) type);
            default -> new Unsupported(type.toString());
        };
    }

    private static ArgumentType declared(DeclaredType type) {
        TypeElement element = (TypeElement) type.asElement();
        if (element.getQualifiedName().contentEquals("java.lang.foreign.SegmentAllocator")) {
            return new Allocator();
        }
        if (element.getQualifiedName().contentEquals("io.kvm4j.uapi.Struct")) {
            return new AnyStruct(ClassName.get(element));
        }
        return element.getAnnotationMirrors().stream()
                .filter(m -> isCType(m.getAnnotationType().asElement()))
                .findFirst()
                .<ArgumentType>map(m -> new Struct(
                        ClassName.get(element),
                        (String) value(m, "value"),
                        (long) value(m, "size"),
                        isCounted(element)))
                .orElseGet(() -> new Unsupported(type.toString()));
    }

    /** Whether a view that an earlier compilation generated has {@code allocate(allocator, count)}. */
    private static boolean isCounted(TypeElement view) {
        return ElementFilter.methodsIn(view.getEnclosedElements()).stream()
                .anyMatch(m -> m.getSimpleName().contentEquals("allocate")
                        && m.getParameters().size() == 2);
    }

    private static boolean isCType(Element annotation) {
        return annotation instanceof TypeElement t && t.getQualifiedName().contentEquals("io.kvm4j.uapi.CType");
    }

    private static Object value(AnnotationMirror mirror, String member) {
        return mirror.getElementValues().entrySet().stream()
                .filter(e -> e.getKey().getSimpleName().contentEquals(member))
                .map(e -> (AnnotationValue) e.getValue())
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static String cType(View view) {
        return view.kind().keyword() + " " + view.cName();
    }

    /** Whether a method returns nothing. */
    static boolean isVoid(TypeMirror type) {
        return type.getKind() == TypeKind.VOID;
    }
}
