package io.kvm4j.processor.model;

import com.palantir.javapoet.ClassName;
import io.kvm4j.snapshot.Constant;
import java.util.List;

/**
 * The class of a package's constants.
 *
 * @param type its Java name
 * @param constants the constants, sorted by name
 */
public record ConstantGroup(ClassName type, List<Constant> constants) {
    public ConstantGroup {
        constants = List.copyOf(constants);
    }
}
