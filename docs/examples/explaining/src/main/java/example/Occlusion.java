package example;

import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * A method of one's own: how much the score falls when a square of the image is hidden.
 *
 * @param side of the square, in pixels, by which the image's sides are divided
 */
record Occlusion(int side) implements Method {
  private static final MethodDescriptor DESCRIPTOR =
      MethodDescriptor.of(
          "squares", "Squares", "How much the score falls without a square.", new Occlusion(16));

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var across = input.size(2) / side;
    var count = input.size(1) / side * across;
    var falls = new double[count];
    var score = evaluator.score(target, input);
    evaluator.outputs(
        count,
        (square, into, offset) -> hide(input, square / across, square % across, into, offset),
        options,
        (square, rows, offset) -> {
          var outputs = new double[evaluator.model().outputs()];
          System.arraycopy(rows, offset, outputs, 0, outputs.length);
          falls[square] = score - target.of(outputs);
        });
    return explanation.end(perPixel(falls, input, across));
  }

  /** Every pixel gets its square's number, so that metrics can measure the map. */
  private Values perPixel(double[] falls, Values input, int across) {
    var map = new double[input.size(1) * input.size(2)];
    for (var pixel = 0; pixel < map.length; pixel++) {
      var row = Math.min(pixel / input.size(2) / side, falls.length / across - 1);
      var column = Math.min(pixel % input.size(2) / side, across - 1);
      map[pixel] = falls[row * across + column];
    }
    return Values.of(map, input.size(1), input.size(2));
  }

  private void hide(Values input, int row, int column, float[] into, int offset) {
    input.copyTo(into, offset);
    for (var channel = 0; channel < input.size(0); channel++) {
      for (var y = row * side; y < (row + 1) * side; y++) {
        for (var x = column * side; x < (column + 1) * side; x++) {
          into[offset + (channel * input.size(1) + y) * input.size(2) + x] = 0;
        }
      }
    }
  }
}
