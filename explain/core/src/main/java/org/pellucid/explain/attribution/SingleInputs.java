package org.pellucid.explain.attribution;

import java.util.function.UnaryOperator;
import org.pellucid.explain.evaluation.Evaluator;

/** Maps of inputs that a method explains one after another, each by passes of its own. */
final class SingleInputs {
  private SingleInputs() {}

  /**
   * Makes the maps.
   *
   * @param map from an input's numbers to the map's
   */
  static void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Evaluator.Receiver receiver,
      UnaryOperator<double[]> map) {
    for (var number = 0; number < count; number++) {
      var input = new double[evaluator.inputSize()];
      inputs.write(number, input);
      receiver.accept(number, map.apply(input), 0);
    }
  }
}
