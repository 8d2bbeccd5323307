package io.kvm4j.cli;

import io.kvm4j.Kvm;
import io.kvm4j.KvmUnavailableException;
import io.kvm4j.uapi.Capability;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Opens KVM to find out whether it can be used. */
public final class KvmCondition implements ExecutionCondition {
    /** For JUnit. */
    public KvmCondition() {}

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
