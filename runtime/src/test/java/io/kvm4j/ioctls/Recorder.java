package io.kvm4j.ioctls;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** Remembers which methods of interfaces were called. */
final class Recorder {
    private final Set<String> known = new HashSet<>();
    private final Set<String> called = new HashSet<>();

    /** An object that calls another one and remembers it. */
    <I> I recording(Class<I> type, I target) {
        Stream.of(type.getMethods()).map(Method::getName).forEach(known::add);
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    called.add(method.getName());
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** Whether an interface has such a method. */
    boolean knows(String method) {
        return known.contains(method);
    }

    boolean wasCalled(String method) {
        return called.contains(method);
    }
}
