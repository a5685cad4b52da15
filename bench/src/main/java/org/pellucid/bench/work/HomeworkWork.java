package org.pellucid.bench.work;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.bench.work.ExplanationWork.Method;

/**
 * The homework's five methods, one after another, for one built-in image: LIME, SmoothGrad and
 * Integrated Gradients, saliency, and the visualisations of two filters.
 *
 * @param percent of the homework's numbers of samples and steps (1,000 for LIME, 500 for
 *     SmoothGrad, 100 for each filter) are taken, but of each at least one; saliency's one pass and
 *     Integrated Gradients' ten are always whole
 */
public record HomeworkWork(int percent) implements Workload {
  /**
   * Checks the share.
   *
   * @throws IllegalArgumentException unless it is 1 to 100
   */
  public HomeworkWork {
    check(percent >= 1 && percent <= 100, "The share is %d per cent, not 1 to 100", percent);
  }

  @Override
  public String name() {
    return "homework-" + percent;
  }

  /** The five. */
  public List<ExplanationWork> parts() {
    return List.of(
        part(Method.LIME, 1000),
        new ExplanationWork(Method.SALIENCY, 1),
        part(Method.SMOOTHGRAD, 500),
        new ExplanationWork(Method.INTEGRATED_GRADIENTS, 10),
        part(Method.FILTERS, 100));
  }

  private ExplanationWork part(Method method, int samples) {
    return new ExplanationWork(method, Math.max(1, samples * percent / 100));
  }

  /** The parts' answers are scaled to the same length, so what is left of each adds up. */
  @Override
  public double tolerance() {
    return Math.sqrt(
        parts().stream()
            .mapToDouble(part -> part.tolerance() * part.tolerance())
            .average()
            .orElseThrow());
  }
}
