package io.kvm4j.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.model.ExitUnion;
import io.kvm4j.processor.model.Names;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import javax.lang.model.element.Modifier;

/** Writes the class that knows one view per exit and returns the one for a reason. */
public final class DecoderWriter {
    private static final Modifier[] BOUND = {Modifier.PRIVATE, Modifier.FINAL};

    /** The decoder's other fields, parameters and local variables. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of("area", "struct", "unrecognized", "current", "reason", "exit");

    private final ExitUnion union;

    private DecoderWriter(ExitUnion union) {
        this.union = union;
    }

    /** The class. */
    public static TypeSpec.Builder write(ExitUnion union) {
        return new DecoderWriter(union).type();
    }

    private TypeSpec.Builder type() {
        TypeSpec.Builder type = TypeSpec.classBuilder(union.decoder())
                .addJavadoc(
                        "Decodes the exits that one shared memory area tells of. All views are made once, so that decoding\n"
                                + "allocates nothing. It remembers which exit it returned last: only that one may be\n"
                                + "read. Not thread-safe.\n")
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addField(MemorySegment.class, "area", BOUND)
                .addField(union.struct().type(), "struct", BOUND)
                .addField(unrecognizedType(), "unrecognized", BOUND);
        union.exits().forEach(e -> type.addField(e.type(), field(e), BOUND));
        return type.addField(union.type(), "current", Modifier.PRIVATE)
                .addMethod(constructor())
                .addMethod(decode())
                .addMethod(clear())
                .addMethod(getter("struct", union.struct().type(), "The view of the whole struct."))
                .addMethod(getter(
                        "area",
                        ClassName.get(MemorySegment.class),
                        "The whole shared memory area, which starts with the struct."))
                .addMethod(requireCurrent());
    }

    private MethodSpec constructor() {
        MethodSpec.Builder constructor = MethodSpec.constructorBuilder()
                .addJavadoc("Binds a view per exit to a shared memory area.\n\n"
                        + "@param area the area, which starts with the struct\n")
                .addModifiers(Modifier.PUBLIC)
                .addParameter(MemorySegment.class, "area")
                .addStatement("this.area = area")
                .addStatement("struct = $T.of(area)", union.struct().type())
                .addStatement("unrecognized = new $T()", unrecognizedType())
                .addStatement("current = unrecognized");
        union.exits().forEach(e -> constructor.addStatement("$N = $L", field(e), ExitWriter.creation(e)));
        return constructor.build();
    }

    private MethodSpec decode() {
        CodeBlock.Builder code = CodeBlock.builder().add("$T exit = switch (reason) {\n$>", union.type());
        union.exits().forEach(e -> code.add("case $L -> $N;\n", label(e), field(e)));
        code.add("default -> unrecognized.at(reason);\n$<};\n");
        // A reference that is stored marks its card, which vCPUs on other threads share.
        code.beginControlFlow("if (current != exit)")
                .addStatement("current = exit")
                .endControlFlow()
                .addStatement("return exit");
        return MethodSpec.methodBuilder("decode")
                .addJavadoc("The exit for a reason, which becomes the one that may be read.\n\n"
                        + "@param reason the number of the reason\n")
                .addModifiers(Modifier.PUBLIC)
                .returns(union.type())
                .addParameter(TypeName.INT, "reason")
                .addCode(code.build())
                .build();
    }

    private CodeBlock label(ExitUnion.Exit exit) {
        return union.constants()
                .map(type -> CodeBlock.of("$T.$L", type, exit.reason().name()))
                .orElseGet(() -> CodeBlock.of("$L", exit.reason().value().intValue()));
    }

    private static MethodSpec clear() {
        return MethodSpec.methodBuilder("clear")
                .addJavadoc("Forgets the last exit, whose arm the kernel is about to overwrite.\n")
                .addModifiers(Modifier.PUBLIC)
                .addStatement("current = unrecognized")
                .build();
    }

    private static MethodSpec getter(String name, TypeName type, String documentation) {
        return MethodSpec.methodBuilder(name)
                .addJavadoc("$L\n", documentation)
                .addModifiers(Modifier.PUBLIC)
                .returns(type)
                .addStatement("return $N", name)
                .build();
    }

    private MethodSpec requireCurrent() {
        return MethodSpec.methodBuilder("requireCurrent")
                .addParameter(union.type(), "exit")
                .beginControlFlow("if (exit != current)")
                .addStatement(
                        "throw new $T(exit.reason() + $S)",
                        IllegalStateException.class,
                        " is not the exit that came last, so its fields say nothing")
                .endControlFlow()
                .build();
    }

    private ClassName unrecognizedType() {
        return union.type().nestedClass("Unrecognized");
    }

    private static String field(ExitUnion.Exit exit) {
        String name = Names.member(exit.type().simpleName());
        return OTHER_VARIABLES.contains(name) ? name + "_" : name;
    }
}
