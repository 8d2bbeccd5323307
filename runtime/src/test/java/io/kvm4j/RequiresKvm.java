package io.kvm4j;

import io.kvm4j.uapi.Capability;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The test runs guests: skipped with the reason where KVM is not to be had, unless {@code -Dkvm4j.kvm=required}. */
@Tag("kvm")
@ExtendWith(RequiresKvm.Condition.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface RequiresKvm {
    /** Opens KVM to find out. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if ("required".equals(System.getProperty("kvm4j.kvm"))) {
                return ConditionEvaluationResult.enabled("KVM is required");
            }
            try (Kvm kvm = Kvm.open()) {
                return ConditionEvaluationResult.enabled(
                        "KVM for up to %d vCPUs".formatted(kvm.checkExtension(Capability.KVM_CAP_MAX_VCPUS)));
            } catch (KvmUnavailableException e) {
                return ConditionEvaluationResult.disabled(e.getMessage());
            }
        }
    }
}
