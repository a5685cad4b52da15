package org.pellucid.engine.kernels.vector;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Marks tests of the vector kernels themselves, which are skipped with the reason in the report
 * where the suite runs without them, and as numeric ones: they sum in an order that depends on the
 * processor.
 */
@Tag("numeric")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsVectorKernels.Condition.class)
@interface NeedsVectorKernels {
  /** Looks at how this JVM was started. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if ("portable".equals(System.getProperty("pellucid.kernels"))) {
        return ConditionEvaluationResult.disabled(
            "the suite runs on the portable kernels alone (pellucid.kernels=portable)");
      }
      return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
          ? ConditionEvaluationResult.enabled("the vector kernels are there")
          : ConditionEvaluationResult.disabled(
              "Java was started without --add-modules jdk.incubator.vector");
    }
  }
}
