package io.kvm4j;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The test runs guests for seconds, so that only {@code -Dkvm4j.slow} runs it; skipped as {@link RequiresKvm} says. */
@Tag("slow")
@ExtendWith(KvmCondition.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface SlowKvm {}
