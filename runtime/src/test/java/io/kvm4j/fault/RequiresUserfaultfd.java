package io.kvm4j.fault;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The test needs a userfaultfd: skipped with the reason where this process cannot have one. */
@ExtendWith(RequiresUserfaultfd.Condition.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface RequiresUserfaultfd {
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try {
                return ConditionEvaluationResult.enabled("features 0x%x".formatted(UserfaultfdAccess.features()));
            } catch (UserfaultfdUnavailableException e) {
                return ConditionEvaluationResult.disabled(e.getMessage());
            }
        }
    }
}
