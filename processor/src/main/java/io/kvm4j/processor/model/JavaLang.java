package io.kvm4j.processor.model;

import java.util.Set;

/**
 * The types of {@code java.lang}, which every source file imports. A generated type of the same name would change what
 * that name means in the code that imports it. The list is that of Java 25 and fixed, so that the generated names do not
 * depend on the JDK that runs the compiler.
 */
public final class JavaLang {
    private static final Set<String> TYPES = Set.of("""
            AbstractMethodError Appendable ArithmeticException ArrayIndexOutOfBoundsException
            ArrayStoreException AssertionError AutoCloseable Boolean BootstrapMethodError Byte CharSequence
            Character Class ClassCastException ClassCircularityError ClassFormatError ClassLoader
            ClassNotFoundException ClassValue CloneNotSupportedException Cloneable Comparable Deprecated Double
            Enum EnumConstantNotPresentException Error Exception ExceptionInInitializerError Float
            FunctionalInterface IO IllegalAccessError IllegalAccessException IllegalArgumentException
            IllegalCallerException IllegalMonitorStateException IllegalStateException
            IllegalThreadStateException IncompatibleClassChangeError IndexOutOfBoundsException
            InheritableThreadLocal InstantiationError InstantiationException Integer InternalError
            InterruptedException Iterable LayerInstantiationException LinkageError Long MatchException Math
            Module ModuleLayer NegativeArraySizeException NoClassDefFoundError NoSuchFieldError
            NoSuchFieldException NoSuchMethodError NoSuchMethodException NullPointerException Number
            NumberFormatException Object OutOfMemoryError Override Package Process ProcessBuilder ProcessHandle
            Readable Record ReflectiveOperationException Runnable Runtime RuntimeException RuntimePermission
            SafeVarargs ScopedValue SecurityException SecurityManager Short StableValue StackOverflowError
            StackTraceElement StackWalker StrictMath String StringBuffer StringBuilder
            StringIndexOutOfBoundsException SuppressWarnings System Thread ThreadDeath ThreadGroup ThreadLocal
            Throwable TypeNotPresentException UnknownError UnsatisfiedLinkError UnsupportedClassVersionError
            UnsupportedOperationException VerifyError VirtualMachineError Void WrongThreadException
            """.strip().split("\\s+"));

    private JavaLang() {}

    /** Whether a type of this simple name would hide one of {@code java.lang}. */
    public static boolean isHiddenBy(String simpleName) {
        return TYPES.contains(simpleName);
    }
}
