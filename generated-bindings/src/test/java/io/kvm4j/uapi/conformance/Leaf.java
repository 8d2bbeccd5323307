package io.kvm4j.uapi.conformance;

import io.kvm4j.uapi.Struct;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

/**
 * Something that C and Java both have a name for: a number, or some bytes, inside a struct.
 *
 * @param struct the C type of the outermost struct
 * @param view its Java view
 * @param expression the C member expression from there, for example {@code entries[2].function}
 * @param path the accessors that lead to the innermost view
 * @param accessor the name of the accessor there
 * @param indices the arguments of that accessor
 * @param kind what is there
 */
record Leaf(
        String struct,
        Class<?> view,
        String expression,
        List<Step> path,
        String accessor,
        List<Integer> indices,
        Kind kind) {

    /** What a leaf is. */
    enum Kind {
        /** An integer, bit-field or pointer, with a getter and a setter. */
        NUMBER,
        /** Anything that Java has a slice for. */
        BYTES,
        /** A flexible array, whose slice goes to the end of the memory. */
        OPEN_BYTES
    }

    /** One accessor call that returns a view. */
    record Step(String accessor, List<Integer> indices) {
        Object of(Object view) throws ReflectiveOperationException {
            return call(view, accessor, indices, view.getClass());
        }
    }

    /** The value that the getter returns; a slice for bytes. */
    Object get(Struct outermost) throws ReflectiveOperationException {
        Object view = walk(outermost);
        return call(view, accessor, indices, view.getClass());
    }

    /** Calls the setter with a value of its own type. */
    void set(Struct outermost, long value) throws ReflectiveOperationException {
        Object view = walk(outermost);
        Method setter = setter(view.getClass());
        Object[] arguments = new Object[indices.size() + 1];
        for (int i = 0; i < indices.size(); i++) {
            arguments[i] = indices.get(i);
        }
        Class<?> type = setter.getParameterTypes()[indices.size()];
        arguments[indices.size()] = type == boolean.class
                ? (Object) (value != 0)
                : type == int.class ? (Object) (int) value : (Object) value;
        setter.invoke(view, arguments);
    }

    private Object walk(Struct outermost) throws ReflectiveOperationException {
        Object view = outermost;
        for (Step step : path) {
            view = step.of(view);
        }
        return view;
    }

    private Method setter(Class<?> type) throws NoSuchMethodException {
        for (Class<?> number : List.of(int.class, long.class, boolean.class)) {
            Class<?>[] parameters = new Class<?>[indices.size() + 1];
            Arrays.fill(parameters, int.class);
            parameters[indices.size()] = number;
            try {
                Method method = type.getMethod(accessor, parameters);
                if (method.getReturnType() == type) {
                    return method;
                }
            } catch (NoSuchMethodException e) {
                // Another type of number, then.
            }
        }
        throw new NoSuchMethodException(type + " has no setter " + accessor);
    }

    private static Object call(Object view, String accessor, List<Integer> indices, Class<?> type)
            throws ReflectiveOperationException {
        Class<?>[] parameters = new Class<?>[indices.size()];
        Arrays.fill(parameters, int.class);
        return type.getMethod(accessor, parameters).invoke(view, indices.toArray());
    }

    @Override
    public String toString() {
        return struct + "." + expression;
    }
}
