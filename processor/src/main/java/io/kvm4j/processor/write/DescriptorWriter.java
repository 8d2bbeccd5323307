package io.kvm4j.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.model.Descriptor;
import io.kvm4j.processor.resolve.Bindings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/** Writes the class that implements a descriptor's ioctls. */
public final class DescriptorWriter {
    private final Descriptor descriptor;
    private final Bindings bindings;

    private DescriptorWriter(Descriptor descriptor, Bindings bindings) {
        this.descriptor = descriptor;
        this.bindings = bindings;
    }

    /** The class; {@code bindings} tell where the request numbers stand. */
    public static TypeSpec.Builder write(Descriptor descriptor, Bindings bindings) {
        return new DescriptorWriter(descriptor, bindings).type();
    }

    private TypeSpec.Builder type() {
        TypeSpec.Builder type = TypeSpec.classBuilder(descriptor.type())
                .addJavadoc(
                        "{@link $T} over a file descriptor that the caller keeps and closes.\n",
                        ClassName.get(descriptor.origin()))
                .addModifiers(Modifier.PUBLIC)
                .addSuperinterface(ClassName.get(descriptor.origin()))
                .addMethod(constructor());
        if (descriptor.parent().isPresent()) {
            type.superclass(descriptor.parent().get());
        } else {
            type.addField(TypeName.INT, "fd", Modifier.PROTECTED, Modifier.FINAL)
                    .addField(Support.CAPABILITY_PROBE, "capabilities", Modifier.PROTECTED, Modifier.FINAL);
        }
        descriptor.calls().forEach(c -> type.addMethod(method(c)));
        return type;
    }

    private MethodSpec constructor() {
        MethodSpec.Builder constructor = MethodSpec.constructorBuilder()
                .addJavadoc("""
                        Calls the ioctls of a file descriptor.

                        @param fd the descriptor
                        @param capabilities tells what a failed call may have lacked
                        """)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(TypeName.INT, "fd")
                .addParameter(Support.CAPABILITY_PROBE, "capabilities");
        return descriptor.parent().isPresent()
                ? constructor.addStatement("super(fd, capabilities)").build()
                : constructor
                        .addStatement("this.fd = fd")
                        .addStatement("this.capabilities = capabilities")
                        .build();
    }

    private MethodSpec method(Descriptor.Call call) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(call.name())
                .addAnnotation(Override.class)
                .addAnnotation(AnnotationSpec.builder(Support.IOCTL_REQUEST)
                        .addMember("value", "$S", call.request())
                        .build())
                .addModifiers(Modifier.PUBLIC);
        switch (call.argument()) {
            case Descriptor.Argument.Growing growing -> growing(method, call, growing);
            case Descriptor.Argument.Sized sized -> sized(method, call, sized);
            case Descriptor.Argument.Result result -> result(method, call, result);
            case Descriptor.Argument.None _ -> once(method, call, "call", CodeBlock.of("0L"), CodeBlock.of(""));
            case Descriptor.Argument.Value a -> {
                method.addParameter(a.type(), a.name());
                once(method, call, "call", CodeBlock.of("$N", a.name()), CodeBlock.of(" + $S + $N", ", ", a.name()));
            }
            case Descriptor.Argument.PointerToValue a -> {
                method.addParameter(a.type(), a.name());
                once(
                        method,
                        call,
                        "callWithPointerTo",
                        CodeBlock.of("$N", a.name()),
                        CodeBlock.of(" + $S + $N", ", ", a.name()));
            }
            case Descriptor.Argument.Pointer a -> {
                method.addParameter(a.type(), a.name());
                once(
                        method,
                        call,
                        "call",
                        CodeBlock.of("$N.segment()", a.name()),
                        CodeBlock.of(" + $S + $N", ", ", a.name()));
            }
        }
        return method.build();
    }

    private void once(
            MethodSpec.Builder method, Descriptor.Call call, String ioctl, CodeBlock argument, CodeBlock text) {
        if (call.returnsErrno()) {
            method.returns(TypeName.INT).addStatement("return $L", invocation(call, ioctl, argument));
            return;
        }
        checked(method, call, ioctl, argument, text);
        if (call.returnsResult()) {
            method.returns(TypeName.INT).addStatement("return result");
        }
    }

    private void checked(
            MethodSpec.Builder method, Descriptor.Call call, String ioctl, CodeBlock argument, CodeBlock text) {
        method.addStatement("int result = $L", invocation(call, ioctl, argument))
                .beginControlFlow("if (result < 0)")
                .addStatement("throw $L", failure(call, text))
                .endControlFlow();
    }

    private CodeBlock invocation(Descriptor.Call call, String ioctl, CodeBlock argument) {
        return CodeBlock.of("$T.$L(fd, $L, $L)", Support.IOCTL_CALL, ioctl, request(call), argument);
    }

    private void growing(MethodSpec.Builder method, Descriptor.Call call, Descriptor.Argument.Growing growing) {
        method.returns(growing.type())
                .addParameter(SegmentAllocator.class, growing.allocator())
                .beginControlFlow("for (int count = $L;; count *= 2)", growing.initial())
                .addStatement("$1T argument = $1T.allocate($2N, count)", growing.type(), growing.allocator())
                .addStatement("int result = $T.call(fd, $L, argument.segment())", Support.IOCTL_CALL, request(call))
                .beginControlFlow("if (result >= 0)")
                .addStatement("return argument")
                .endControlFlow()
                .addStatement("boolean tooSmall = result == -$1T.E2BIG || result == -$1T.ENOMEM", Support.ERRNO)
                .beginControlFlow("if (!tooSmall || count > $L / 2)", growing.limit())
                .addStatement("throw $L", failure(call, CodeBlock.of(" + $S + count + $S", ", room for ", " elements")))
                .endControlFlow()
                .endControlFlow();
    }

    private void sized(MethodSpec.Builder method, Descriptor.Call call, Descriptor.Argument.Sized sized) {
        method.returns(sized.type())
                .addParameter(SegmentAllocator.class, sized.allocator())
                .addStatement(
                        "int size = $T.max(capabilities.check($L), (int) $T.LAYOUT.byteSize())",
                        Math.class,
                        number(sized.size()),
                        sized.type())
                .addStatement(
                        "$1T argument = $1T.of($2N.allocate(size, $1T.LAYOUT.byteAlignment()).fill((byte) 0))",
                        sized.type(),
                        sized.allocator());
        sized.setter().ifPresent(setter -> method.addStatement("argument.$N(size)", setter));
        CodeBlock text = CodeBlock.of(" + $S + size + $S", ", ", " bytes");
        checked(method, call, "call", CodeBlock.of("argument.segment()"), text);
        method.addStatement("return argument");
    }

    /** A scalar that the kernel writes, into memory that the thread keeps for it. */
    private void result(MethodSpec.Builder method, Descriptor.Call call, Descriptor.Argument.Result result) {
        boolean isInt = result.type().equals(TypeName.INT);
        method.returns(result.type())
                .addStatement("$T scalar = $T.zeroedScalar()", MemorySegment.class, Support.IOCTL_CALL);
        checked(method, call, "call", CodeBlock.of("scalar"), CodeBlock.of(""));
        method.addStatement("return scalar.get($T.$L, 0)", Support.VALUE_LAYOUT, isInt ? "JAVA_INT" : "JAVA_LONG");
    }

    private CodeBlock failure(Descriptor.Call call, CodeBlock arguments) {
        CodeBlock text = CodeBlock.of("$S + fd$L", "fd ", arguments);
        Optional<Descriptor.Capability> capability = call.capability();
        return capability
                .map(c -> CodeBlock.of(
                        "$T.of(-result, $S, $L,$W$S, capabilities.check($L) != 0)",
                        Support.ERRNO_EXCEPTION,
                        call.request(),
                        text,
                        c.name(),
                        number(c)))
                .orElseGet(() -> CodeBlock.of("$T.of(-result, $S, $L)", Support.ERRNO_EXCEPTION, call.request(), text));
    }

    private CodeBlock number(Descriptor.Capability capability) {
        return bindings.constants(capability.name())
                .map(type -> CodeBlock.of("$T.$L", type, capability.name()))
                .orElseGet(() -> CodeBlock.of("$L", capability.number()));
    }

    private CodeBlock request(Descriptor.Call call) {
        return bindings.constants(call.request())
                .map(type -> CodeBlock.of("$T.$L", type, call.request()))
                .orElseGet(() -> CodeBlock.of("0x$LL", Long.toHexString(call.requestNumber())));
    }
}
