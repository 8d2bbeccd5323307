package io.kvm4j.processor.write;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/**
 * A method that reads or writes a field.
 *
 * @param name its name
 * @param documentation its Javadoc
 * @param returns what it returns; nothing stands for the object itself, as setters do
 * @param parameters its parameters, of which the last is variable if it is an array
 * @param body its statements, without the {@code return this} of a setter
 */
record Accessor(
        String name, CodeBlock documentation, Optional<TypeName> returns, List<Parameter> parameters, CodeBlock body) {

    /** A parameter. */
    record Parameter(TypeName type, String name) {}

    /** The method of the view itself. */
    MethodSpec method(TypeName self) {
        MethodSpec.Builder method = signature(self).addCode(body);
        if (returns.isEmpty()) {
            method.addStatement("return this");
        }
        return method.build();
    }

    /** The method of an object that passes the call on to a view. */
    MethodSpec delegate(TypeName self, CodeBlock view) {
        String arguments = parameters.stream().map(Parameter::name).collect(Collectors.joining(", "));
        CodeBlock call = CodeBlock.of("$L.$L($L)", view, name, arguments);
        MethodSpec.Builder method = signature(self);
        if (returns.isEmpty()) {
            method.addStatement(call).addStatement("return this");
        } else {
            method.addStatement("return $L", call);
        }
        return method.build();
    }

    private MethodSpec.Builder signature(TypeName self) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(name)
                .addJavadoc(documentation)
                .addModifiers(Modifier.PUBLIC)
                .returns(returns.orElse(self));
        parameters.forEach(p -> method.addParameter(p.type(), p.name()));
        return method.varargs(!parameters.isEmpty() && parameters.getLast().type() instanceof ArrayTypeName);
    }
}
