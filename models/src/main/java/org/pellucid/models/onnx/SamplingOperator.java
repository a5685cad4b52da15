package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Map;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Take;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/**
 * An image or a volume at any points, between whose pixels is interpolated (Jaderberg et al., 2015,
 * "Spatial Transformer Networks"). A sample is a sum of neighbours, whose weights are products of a
 * polynomial for each axis in the distance to the neighbour before it: so gradients flow to the
 * image and to the points.
 */
final class SamplingOperator {
  private static final double STEEPNESS = -0.75;

  /** For each neighbour of a point the coefficients of its weight, from the constant one on. */
  private static final Map<String, double[][]> NEIGHBOURS =
      Map.of(
          "nearest", new double[][] {{1}},
          "linear", new double[][] {{1, -1}, {0, 1}},
          "cubic",
              new double[][] {
                {0, STEEPNESS, -2 * STEEPNESS, STEEPNESS},
                {1, 0, -(STEEPNESS + 3), STEEPNESS + 2},
                {0, -STEEPNESS, 2 * STEEPNESS + 3, -(STEEPNESS + 2)},
                {0, 0, STEEPNESS, -STEEPNESS}
              });

  private SamplingOperator() {}

  static void addTo(Map<String, Operator> table) {
    table.put("GridSample", Operator.single(SamplingOperator::apply));
  }

  private static Value apply(NodeCall call) {
    var image = call.image(0).tensor();
    var grid = call.known(1);
    var axes = image.rank() - 2;
    var shape = grid.shape();
    check(
        axes >= 2
            && shape.length == axes + 2
            && shape[axes + 1] == axes
            && shape[0] == image.size(0)
            && image.elements() > 0,
        "%s can't sample %s at the points %s",
        call,
        call.input(0).shape(),
        shape);
    var result = shape.clone();
    result[axes + 1] = image.size(-1);
    ShapeOperators.checkedElements(call, result);
    var style = Style.of(call);
    var lines = new Line[axes];
    for (var axis = 0; axis < axes; axis++) {
      lines[axis] = Line.of(call, style, grid, image.size(axis + 1), axis);
    }
    return new Real(Reshape.apply(call.tape(), sum(call, image, lines), result), true);
  }

  /** All neighbours by their weights. */
  private static Tensor sum(NodeCall call, Tensor image, Line[] lines) {
    var tape = call.tape();
    var channels = image.size(-1);
    var perAxis = lines[0].places().length;
    var points = lines[0].places()[0].length;
    var perExample = (int) (points / image.size(0));
    var sum = image;
    for (var combination = 0; combination < Math.pow(perAxis, lines.length); combination++) {
      var rows = new int[points];
      Arrays.setAll(rows, i -> i / perExample);
      var weight = lines[0].weights()[0];
      for (var axis = 0; axis < lines.length; axis++) {
        var line = lines[axis];
        var neighbour = combination / (int) Math.pow(perAxis, axis) % perAxis;
        for (var i = 0; i < points; i++) {
          rows[i] = rows[i] * (int) line.length() + line.places()[neighbour][i];
        }
        var own = line.weights()[neighbour];
        weight = axis == 0 ? own : call.use(Multiply.apply(tape, weight, own));
      }
      var pixels = call.use(Take.apply(tape, image, rows, channels, points, channels));
      var part = call.use(Multiply.apply(tape, pixels, weight));
      sum = combination == 0 ? part : call.use(Add.apply(tape, sum, part));
    }
    return sum;
  }

  /** How points become pixels. */
  private record Style(double[][] neighbours, String padding, boolean alignsCorners) {
    static Style of(NodeCall call) {
      var given = call.text("mode", "linear");
      var mode = given.startsWith("bi") ? given.substring(2) : given;
      check(NEIGHBOURS.containsKey(mode), "%s samples by %s, unknown here", call, given);
      return new Style(
          NEIGHBOURS.get(mode),
          call.text("padding_mode", "zeros"),
          call.whole("align_corners", 0) != 0);
    }

    boolean isNearest() {
      return neighbours.length == 1;
    }
  }

  /**
   * The neighbours of all points along one axis.
   *
   * @param places for each neighbour and point, the position in the axis
   * @param weights for each neighbour, {@code [points, 1]}
   */
  private record Line(long length, int[][] places, Tensor[] weights) {

    /** The last number of a point belongs to the first of the axes that samples are taken along. */
    static Line of(NodeCall call, Style style, NumericArray grid, long length, int axis) {
      var axes = grid.shape().length - 2;
      var component = axes - 1 - axis;
      var values = grid.values();
      var points = values.length / axes;
      var low = style.alignsCorners() ? 0 : -0.5;
      var high = style.alignsCorners() ? length - 1 : length - 0.5;
      var stretch = (style.alignsCorners() ? length - 1 : length) / 2.0;
      var slope = new double[points];
      var shift = new double[points];
      var count = style.neighbours().length;
      var places = new int[count][points];
      var inside = new double[count][points];
      for (var i = 0; i < points; i++) {
        var given = (values[i * axes + component] + 1) * stretch + low;
        var point = style.isNearest() ? Math.rint(given) : given;
        var moved = moved(style, point, low, high, length);
        var before = Math.floor(moved);
        slope[i] = slope(style, point, low, high) * stretch;
        shift[i] = moved - before - slope[i] * values[i * axes + component];
        for (var k = 0; k < count; k++) {
          var at = before + k - (count - 1) / 2;
          inside[k][i] = style.padding().equals("zeros") && (at < 0 || at >= length) ? 0 : 1;
          places[k][i] = place(style, at, low, high, length);
        }
      }
      var distance = new Distance(call, component, slope, shift);
      var weights = new Tensor[count];
      for (var k = 0; k < count; k++) {
        weights[k] = distance.polynomial(style.neighbours()[k], inside[k]);
      }
      return new Line(length, places, weights);
    }

    private static double moved(Style style, double point, double low, double high, long length) {
      if (point >= low && point <= high || style.padding().equals("zeros")) {
        return Double.isFinite(point) ? Math.clamp(point, -4.0, length + 4.0) : -4;
      }
      return style.padding().equals("border")
          ? Math.clamp(Double.isNaN(point) ? 0 : point, 0, length - 1.0)
          : reflected(point, low, high);
    }

    private static double slope(Style style, double point, double low, double high) {
      if (point >= low && point <= high || style.padding().equals("zeros")) {
        return 1;
      }
      var turns = (long) (((point < low ? low - point : point - high)) / (high - low));
      return style.padding().equals("border") ? 0 : turns % 2 == 0 ? -1 : 1;
    }

    private static double reflected(double point, double low, double high) {
      var range = high - low;
      if (range <= 0 || !Double.isFinite(point)) {
        return 0;
      }
      var beyond = point < low ? low - point : point - high;
      var turns = (long) (beyond / range);
      var rest = beyond - turns * range;
      return point < low == (turns % 2 == 0) ? low + rest : high - rest;
    }

    private static int place(Style style, double at, double low, double high, long length) {
      var isOutside = at < low || at > high;
      var folded =
          isOutside && style.padding().equals("reflection") ? reflected(at, low, high) : at;
      return (int) Math.clamp(folded, 0, length - 1.0);
    }
  }

  /** {@code t = slope · point + shift}, the distance to the neighbour before it. */
  private record Distance(NodeCall call, int component, double[] slope, double[] shift) {

    /** A polynomial in it, where it counts. */
    Tensor polynomial(double[] coefficients, double[] inside) {
      var isWanted = call.input(1) instanceof Real(var tensor, _) && call.tape().tracks(tensor);
      return isWanted ? onEngine(coefficients, inside) : constant(coefficients, inside);
    }

    private Tensor constant(double[] coefficients, double[] inside) {
      var grid = call.known(1).values();
      var axes = grid.length / slope.length;
      var weights = new double[slope.length];
      for (var i = 0; i < weights.length; i++) {
        var t = slope[i] * grid[i * axes + component] + shift[i];
        for (var power = coefficients.length - 1; power >= 0; power--) {
          weights[i] = weights[i] * t + coefficients[power];
        }
        weights[i] *= inside[i];
      }
      return column(weights);
    }

    private Tensor column(double[] values) {
      return call.constant(
          new NumericArray(DType.F64, new long[] {values.length, 1}, values), "", array -> array);
    }

    private Tensor onEngine(double[] coefficients, double[] inside) {
      var tape = call.tape();
      var grid = call.tensor(1);
      var points = slope.length;
      var rows = call.use(Reshape.apply(tape, grid, points, grid.elements() / points));
      var own = call.use(Slice.apply(tape, rows, 1, component, 1));
      var scaled = call.use(Multiply.apply(tape, own, column(slope)));
      var t = call.use(Add.apply(tape, scaled, column(shift)));
      var sum = call.use(Scale.apply(tape, t, 0));
      for (var power = coefficients.length - 1; power >= 0; power--) {
        var product =
            power == coefficients.length - 1 ? sum : call.use(Multiply.apply(tape, sum, t));
        sum = call.use(Add.apply(tape, product, call.scalar(coefficients[power])));
      }
      return call.use(Multiply.apply(tape, sum, column(inside)));
    }
  }
}
