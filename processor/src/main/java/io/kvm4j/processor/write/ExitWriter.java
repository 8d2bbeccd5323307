package io.kvm4j.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.model.ExitUnion;
import java.lang.foreign.MemorySegment;
import javax.lang.model.element.Modifier;

/** Writes the sealed interface of all exits. */
public final class ExitWriter {
    private final ExitUnion union;

    private ExitWriter(ExitUnion union) {
        this.union = union;
    }

    /** The interface, with the types of the exits nested in it. */
    public static TypeSpec.Builder write(ExitUnion union) {
        return new ExitWriter(union).type();
    }

    private TypeSpec.Builder type() {
        TypeSpec.Builder type = TypeSpec.interfaceBuilder(union.type())
                .addJavadoc("$L\n", union.documentation())
                .addModifiers(Modifier.PUBLIC, Modifier.SEALED)
                .addMethod(MethodSpec.methodBuilder("reason")
                        .addJavadoc("The reason of the exit.\n")
                        .addModifiers(Modifier.PUBLIC, Modifier.ABSTRACT)
                        .returns(union.reasons().type())
                        .build());
        type.addAnnotation(annotation());
        union.families().forEach(f -> type.addType(family(f)));
        union.exits().forEach(e -> type.addType(exit(e)));
        return type.addType(unrecognized());
    }

    private AnnotationSpec annotation() {
        AnnotationSpec.Builder annotation = AnnotationSpec.builder(Support.EXIT_UNION)
                .addMember("struct", "$S", union.struct().cName())
                .addMember("prefix", "$S", union.selection().prefix());
        Strings.add(annotation, "except", union.selection().except());
        Strings.add(annotation, "unread", union.selection().unread());
        return annotation.build();
    }

    private static AnnotationSpec annotation(ExitUnion.Exit exit) {
        AnnotationSpec.Builder annotation = AnnotationSpec.builder(Support.EXIT_ARMS)
                .addMember("reason", "$S", exit.reason().name());
        Strings.add(annotation, "arms", exit.arms());
        return annotation.build();
    }

    private TypeSpec family(ExitUnion.Family family) {
        return TypeSpec.interfaceBuilder(family.type())
                .addJavadoc("$L\n", family.documentation())
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.SEALED)
                .addSuperinterface(union.type())
                .build();
    }

    private TypeSpec exit(ExitUnion.Exit exit) {
        String reason = exit.reason().name();
        TypeSpec.Builder type = nested(exit.type(), exit.parent())
                .addJavadoc(documentation(exit))
                .addAnnotation(annotation(exit));
        if (needsDecoder(exit)) {
            type.addField(union.decoder(), "exits", Modifier.PRIVATE, Modifier.FINAL);
        }
        exit.offers().ifPresent(type::addSuperinterface);
        switch (exit.arm()) {
            case ExitUnion.Arm.Struct arm -> structArm(type, exit, arm);
            case ExitUnion.Arm.Numeric arm -> numberArm(type, exit, arm);
            case ExitUnion.Arm.None _ ->
                type.addMethod(constructor(needsDecoder(exit)).build()).addMethod(text(CodeBlock.of("$S", reason)));
        }
        exit.also().forEach(arm -> type.addMethod(also(arm)));
        if (exit.offers().isPresent()) {
            type.addMethod(runArea());
        }
        return type.addMethod(reasonMethod(CodeBlock.of("$T.$L", union.reasons().type(), reason)))
                .build();
    }

    private static CodeBlock documentation(ExitUnion.Exit exit) {
        return switch (exit.arm()) {
            case ExitUnion.Arm.Struct arm ->
                CodeBlock.of(
                        "{@code $L}.\n\n$L\n",
                        exit.reason().name(),
                        Javadoc.declaration(arm.view().declaration()));
            case ExitUnion.Arm.Numeric arm ->
                CodeBlock.of(
                        "{@code $L}: {@code $L}.\n",
                        exit.reason().name(),
                        arm.field().declaration());
            case ExitUnion.Arm.None _ ->
                CodeBlock.of(
                        "{@code $L}, which says no more than that.\n",
                        exit.reason().name());
        };
    }

    private static MethodSpec also(ExitUnion.Arm.Struct arm) {
        return MethodSpec.methodBuilder(arm.accessor())
                .addJavadoc(
                        "The exit's data in another form, which applies if what they share says so.\n\n$L\n",
                        Javadoc.declaration(arm.view().declaration()))
                .addModifiers(Modifier.PUBLIC)
                .returns(arm.view().type())
                .addStatement("exits.requireCurrent(this)")
                .addStatement("return exits.struct().$L()", arm.accessor())
                .build();
    }

    private void structArm(TypeSpec.Builder type, ExitUnion.Exit exit, ExitUnion.Arm.Struct arm) {
        ClassName view = arm.view().type();
        type.addField(view, "arm", Modifier.PRIVATE, Modifier.FINAL)
                .addMethod(constructor(true)
                        .addParameter(view, "arm")
                        .addStatement("this.arm = arm")
                        .build());
        arm.view().fields().stream()
                .flatMap(f -> Accessors.of(f).stream())
                .forEach(a -> type.addMethod(a.delegate(exit.type(), CodeBlock.of("arm()"))));
        type.addMethod(MethodSpec.methodBuilder("arm")
                        .addModifiers(Modifier.PRIVATE)
                        .returns(view)
                        .addStatement("exits.requireCurrent(this)")
                        .addStatement("return arm")
                        .build())
                .addMethod(text(CodeBlock.of("$S + arm", exit.reason().name() + " ")));
    }

    private void numberArm(TypeSpec.Builder type, ExitUnion.Exit exit, ExitUnion.Arm.Numeric arm) {
        type.addMethod(constructor(true).build());
        Accessors.of(arm.field()).forEach(a -> type.addMethod(a.delegate(exit.type(), CodeBlock.of("struct()"))));
        type.addMethod(MethodSpec.methodBuilder("struct")
                        .addModifiers(Modifier.PRIVATE)
                        .returns(union.struct().type())
                        .addStatement("exits.requireCurrent(this)")
                        .addStatement("return exits.struct()")
                        .build())
                .addMethod(text(CodeBlock.of(
                        "$S + exits.struct().$L() + $S",
                        exit.reason().name() + " {" + arm.field().cName() + "=",
                        arm.field().name(),
                        "}")));
    }

    /** The type of reasons that these headers do not know. */
    private TypeSpec unrecognized() {
        ClassName type = union.type().nestedClass("Unrecognized");
        return nested(type, union.type())
                .addJavadoc("An exit whose reason these headers do not name; {@link #reason} has its number.\n")
                .addField(TypeName.INT, "number", Modifier.PRIVATE)
                .addMethod(MethodSpec.constructorBuilder().build())
                .addMethod(MethodSpec.methodBuilder("at")
                        .returns(type)
                        .addParameter(TypeName.INT, "reason")
                        .addStatement("number = reason")
                        .addStatement("return this")
                        .build())
                .addMethod(text(CodeBlock.of("reason().toString()")))
                .addMethod(reasonMethod(
                        CodeBlock.of("$T.of(number)", union.reasons().type())))
                .build();
    }

    private static TypeSpec.Builder nested(ClassName type, ClassName parent) {
        return TypeSpec.classBuilder(type)
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addSuperinterface(parent);
    }

    /** An exit that has nothing to read need not know whether it may be read. */
    private static boolean needsDecoder(ExitUnion.Exit exit) {
        return !(exit.arm() instanceof ExitUnion.Arm.None)
                || exit.offers().isPresent()
                || !exit.also().isEmpty();
    }

    private MethodSpec.Builder constructor(boolean withDecoder) {
        MethodSpec.Builder constructor = MethodSpec.constructorBuilder();
        return withDecoder
                ? constructor.addParameter(union.decoder(), "exits").addStatement("this.exits = exits")
                : constructor;
    }

    private static MethodSpec runArea() {
        return MethodSpec.methodBuilder("runArea")
                .addJavadoc("The whole shared memory area, which starts with the struct.\n")
                .addModifiers(Modifier.PUBLIC)
                .returns(MemorySegment.class)
                .addStatement("exits.requireCurrent(this)")
                .addStatement("return exits.area()")
                .build();
    }

    private MethodSpec reasonMethod(CodeBlock reason) {
        return overriding("reason", union.reasons().type(), reason);
    }

    private static MethodSpec text(CodeBlock text) {
        return overriding("toString", ClassName.get(String.class), text);
    }

    private static MethodSpec overriding(String name, TypeName returns, CodeBlock value) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(returns)
                .addStatement("return $L", value)
                .build();
    }

    /** The creation of an exit, as the decoder does it. */
    static CodeBlock creation(ExitUnion.Exit exit) {
        return switch (exit.arm()) {
            case ExitUnion.Arm.Struct arm -> CodeBlock.of("new $T(this, struct.$L())", exit.type(), arm.accessor());
            case ExitUnion.Arm.Numeric _, ExitUnion.Arm.None _ ->
                CodeBlock.of(needsDecoder(exit) ? "new $T(this)" : "new $T()", exit.type());
        };
    }
}
