package io.kvm4j.injection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Copies of kvm4j's classes that ask {@link Faults} before each native call, each call of the JDK's that may throw an
 * IOException, each allocation of native memory and each start of a thread. The classes themselves know nothing of that.
 */
final class InstrumentedClasses {
    private static final ClassDesc FAULTS = Faults.class.describeConstable().orElseThrow();
    private static final ClassDesc SEGMENT =
            MemorySegment.class.describeConstable().orElseThrow();

    /** What releases something, or cannot fail. */
    private static final Set<String> NEVER_FAIL = Set.of("close", "munmap", "getpagesize", "pthreadSelf", "attempt");

    private static final List<String> IO_OWNERS =
            List.of("java/nio/channels/", "java/nio/file/Files", "java/net/", "java/io/", "javax/net/ssl/");

    private final Path target;
    private final ClassFile classFile;

    private InstrumentedClasses(Path target, ClassLoader loader) {
        this.target = target;
        this.classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader).orElse(ClassHierarchyResolver.defaultResolver())));
    }

    /**
     * Writes the copies.
     *
     * @param sources directories or jars of classes
     */
    static void write(List<Path> sources, Path target, ClassLoader loader) throws IOException {
        InstrumentedClasses classes = new InstrumentedClasses(target, loader);
        for (Path source : sources) {
            if (Files.isDirectory(source)) {
                classes.copy(source);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(source)) {
                    classes.copy(jar.getPath("/"));
                }
            }
        }
    }

    private void copy(Path source) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            files.filter(f -> f.toString().endsWith(".class") && !f.endsWith("module-info.class"))
                    .forEach(f -> copy(f, target.resolve(source.relativize(f).toString())));
        }
    }

    private void copy(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            ClassModel model = classFile.parse(Files.readAllBytes(from));
            Files.write(
                    to,
                    isOfInterest(model) ? classFile.transformClass(model, transform(model)) : Files.readAllBytes(from));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOfInterest(ClassModel model) {
        return model.methods().stream()
                .flatMap(m -> m.code().stream())
                .flatMap(c -> c.elementStream())
                .anyMatch(e -> e instanceof InvokeInstruction i && (isNative(i) || isAllocation(i) || isIo(i)));
    }

    private static boolean isNative(InvokeInstruction call) {
        return call.owner().name().equalsString("java/lang/invoke/MethodHandle")
                && call.name().equalsString("invokeExact");
    }

    private static boolean isAllocation(InvokeInstruction call) {
        String owner = call.owner().name().stringValue();
        String name = call.name().stringValue();
        return switch (owner) {
            case "java/lang/foreign/Arena" -> name.startsWith("of") || name.startsWith("allocate");
            case "java/lang/foreign/SegmentAllocator" -> name.startsWith("allocate");
            case "java/lang/Thread",
                    "java/lang/Thread$Builder",
                    "java/lang/Thread$Builder$OfPlatform",
                    "java/lang/Thread$Builder$OfVirtual" -> name.equals("start");
            default -> false;
        };
    }

    /** Whether it is a method of the JDK's channels or files that may throw an IOException, and releases nothing. */
    private static boolean isIo(InvokeInstruction call) {
        String owner = call.owner().name().stringValue();
        return IO_OWNERS.stream().anyMatch(owner::startsWith)
                && !call.name().equalsString("close")
                && mayThrowIo(owner.replace('/', '.'), call.name().stringValue());
    }

    private static boolean mayThrowIo(String owner, String name) {
        try {
            return Arrays.stream(Class.forName(owner).getMethods())
                    .filter(m -> m.getName().equals(name))
                    .flatMap(m -> Arrays.stream(m.getExceptionTypes()))
                    .anyMatch(IOException.class::isAssignableFrom);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static ClassTransform transform(ClassModel model) {
        return (builder, element) -> {
            if (element instanceof MethodModel method && method.code().isPresent()) {
                builder.transformMethod(method, MethodTransform.transformingCode(new Calls(model, method)));
            } else {
                builder.with(element);
            }
        };
    }

    /** The code of one method. */
    private static final class Calls implements CodeTransform {
        private final String name;
        private final MethodModel method;
        private final boolean isNative;

        Calls(ClassModel model, MethodModel method) {
            String type = model.thisClass().asInternalName().replaceFirst(".*/", "");
            this.name = type + "." + method.methodName().stringValue();
            this.method = method;
            this.isNative = method.code()
                    .orElseThrow()
                    .elementStream()
                    .anyMatch(e -> e instanceof InvokeInstruction i && isNative(i));
        }

        @Override
        public void atStart(CodeBuilder code) {
            String returned = method.methodTypeSymbol().returnType().descriptorString();
            boolean isCall = isNative && (returned.equals("I") || returned.equals("J"));
            if (isCall && !NEVER_FAIL.contains(method.methodName().stringValue())) {
                failHere(code, returned.equals("J"));
            }
            if (isNative && method.methodName().equalsString("munmap")) {
                code.aload(0)
                        .invokeinterface(SEGMENT, "address", MethodTypeDesc.of(ConstantDescs.CD_long))
                        .invokestatic(
                                FAULTS, "unmapped", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long));
            }
        }

        private void failHere(CodeBuilder code, boolean isLong) {
            Label go = code.newLabel();
            code.ldc(name)
                    .invokestatic(
                            FAULTS, "nativeCall", MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_String))
                    .dup()
                    .ifeq(go)
                    .ineg();
            if (isLong) {
                code.i2l().lreturn();
            } else {
                code.ireturn();
            }
            code.labelBinding(go).pop();
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            switch (element) {
                case InvokeInstruction call
                when isAllocation(call) ->
                    code.ldc(name + " " + call.name().stringValue())
                            .invokestatic(
                                    FAULTS,
                                    "allocation",
                                    MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String));
                case InvokeInstruction call
                when isIo(call) ->
                    code.ldc(name + " " + call.name().stringValue())
                            .invokestatic(
                                    FAULTS, "io", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String));
                case ReturnInstruction _
                when isNative && method.methodName().equalsString("mmap") ->
                    code.dup2()
                            .lload(0)
                            .invokestatic(
                                    FAULTS,
                                    "mapped",
                                    MethodTypeDesc.of(
                                            ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_long));
                default -> {}
            }
            code.with(element);
        }
    }
}
