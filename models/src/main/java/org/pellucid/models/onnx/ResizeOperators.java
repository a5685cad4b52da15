package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/**
 * Changes of an image's size. Each axis is a linear map of its own, whatever the interpolation:
 * {@code [output length, input length]}, one axis after the other.
 */
final class ResizeOperators {
  private ResizeOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("Resize", Operator.single(ResizeOperators::resize));
    table.put("Upsample", Operator.single(ResizeOperators::upsample));
  }

  /** One axis: its old and new length, by how much it grows, and the part that is seen. */
  private record Axis(long from, long to, double scale, double start, double end) {}

  private static Value upsample(NodeCall call) {
    var shape = call.input(0).shape();
    var scales =
        call.has(1)
            ? call.known(1).values()
            : call.numbers("scales")
                .orElseThrow(() -> new IllegalArgumentException(call + " has no scales."));
    check(scales.length == shape.length, "%s needs %d scales", call, shape.length);
    var axes = new Axis[shape.length];
    Arrays.setAll(
        axes, i -> new Axis(shape[i], (long) Math.floor(shape[i] * scales[i]), scales[i], 0, 1));
    var style =
        new Interpolation(
            call.text("mode", "nearest"), "asymmetric", "floor", -0.75, false, 0, false);
    return new Real(resized(call, axes, style), false);
  }

  private static Value resize(NodeCall call) {
    var rank = call.input(0).rank();
    var old = call.opset() < 11;
    var scaleInput = old ? 1 : 2;
    var style =
        new Interpolation(
            call.text("mode", "nearest"),
            old ? "asymmetric" : call.text("coordinate_transformation_mode", "half_pixel"),
            old ? "floor" : call.text("nearest_mode", "round_prefer_floor"),
            call.number("cubic_coeff_a", -0.75),
            call.whole("exclude_outside", 0) != 0,
            call.number("extrapolation_value", 0),
            call.whole("antialias", 0) != 0);
    var axes = axes(call, rank, scaleInput, style);
    return new Real(resized(call, axes, style), false);
  }

  private static Axis[] axes(NodeCall call, int rank, int scaleInput, Interpolation style) {
    var shape = call.input(0).shape();
    var chosen =
        call.wholes("axes").orElseGet(() -> IntStream.range(0, rank).asLongStream().toArray());
    var axes = new Axis[rank];
    Arrays.setAll(axes, i -> new Axis(shape[i], shape[i], 1, 0, 1));
    var sizes = call.has(3) && call.known(3).elements() > 0;
    var numbers = sizes ? call.known(3).values() : call.known(scaleInput).values();
    check(numbers.length == chosen.length, "%s needs %d scales or sizes", call, chosen.length);
    var region =
        style.coordinates().equals("tf_crop_and_resize")
            ? call.known(1).values()
            : new double[2 * chosen.length];
    var chosenAxes = Arrays.stream(chosen).mapToInt(axis -> Value.axis(axis, rank)).toArray();
    var common = sizes ? commonScale(call, shape, chosenAxes, numbers) : OptionalDouble.empty();
    for (var i = 0; i < chosen.length; i++) {
      var axis = chosenAxes[i];
      var from = shape[axis];
      var wanted = sizes ? numbers[i] : Math.floor(from * numbers[i]);
      var to = common.isPresent() ? Math.round(from * common.getAsDouble()) : (long) wanted;
      var scale = common.orElse(sizes ? numbers[i] / from : numbers[i]);
      var ends = region[chosen.length + i];
      axes[axis] = new Axis(from, to, scale, region[i], ends);
    }
    return axes;
  }

  /** The scale of all axes where the aspect ratio is kept. */
  private static OptionalDouble commonScale(
      NodeCall call, long[] shape, int[] axes, double[] sizes) {
    var scales = IntStream.range(0, axes.length).mapToDouble(i -> sizes[i] / shape[axes[i]]);
    return switch (call.text("keep_aspect_ratio_policy", "stretch")) {
      case "stretch" -> OptionalDouble.empty();
      case "not_larger" -> scales.min();
      case "not_smaller" -> scales.max();
      default -> throw new IllegalArgumentException(call + " has an unknown policy.");
    };
  }

  private static Tensor resized(NodeCall call, Axis[] axes, Interpolation style) {
    var x = call.tensor(0);
    var outside = style.outside(axes);
    check(!outside || x.elements() < 1 << 24, "%s makes too large an image", call);
    for (var i = 0; i < axes.length; i++) {
      var axis = axes[i];
      check(axis.to() > 0, "%s makes an axis of %d", call, axis.to());
      if (axis.from() == axis.to() && axis.scale() == 1 && !style.crops()) {
        continue;
      }
      var shape = x.shape();
      shape[i] = axis.to();
      call.checkRoom(shape);
      ShapeOperators.checkedElements(call, axis.to(), axis.from());
      var key = List.of(i, axis, style);
      var matrix =
          call.planned(
              key,
              () ->
                  new NumericArray(
                      DType.F64,
                      new long[] {axis.to(), axis.from()},
                      style.matrix(
                          axis.from(), axis.to(), axis.scale(), axis.start(), axis.end())));
      var weight = call.constant(matrix, "matrix", array -> array);
      x = call.use(AxisOperators.alongAxis(call, x, i, weight));
    }
    if (outside) {
      x = withBackground(call, x, axes, style);
    }
    return x;
  }

  /** Where a crop reaches beyond the image stands a constant. */
  private static Tensor withBackground(NodeCall call, Tensor x, Axis[] axes, Interpolation style) {
    var shape = x.shape();
    var background = new double[Math.toIntExact(x.elements())];
    for (var i = 0; i < background.length; i++) {
      var rest = i;
      for (var axis = shape.length - 1; axis >= 0; axis--) {
        var at = rest % shape[axis];
        rest /= (int) shape[axis];
        var a = axes[axis];
        var place = style.source(at, a.from(), a.to(), a.scale(), a.start(), a.end());
        if (place < 0 || place > a.from() - 1) {
          background[i] = style.background();
        }
      }
    }
    var tensor = call.constant(new NumericArray(DType.F64, shape, background), "", a -> a);
    return call.use(Add.apply(call.tape(), x, tensor));
  }

  /**
   * How a new pixel is made of old ones.
   *
   * @param mode {@code nearest}, {@code linear} or {@code cubic}
   * @param coordinates how a new position becomes an old one
   * @param rounding which old pixel is the nearest
   * @param steepness of the cubic kernel
   * @param excludesOutside whether weights of pixels outside of the image go to the others
   * @param background what stands where a crop reaches beyond the image
   * @param smooths whether a kernel grows as an image shrinks, so that it meets all pixels
   */
  private record Interpolation(
      String mode,
      String coordinates,
      String rounding,
      double steepness,
      boolean excludesOutside,
      double background,
      boolean smooths) {

    boolean crops() {
      return coordinates.equals("tf_crop_and_resize");
    }

    boolean outside(Axis[] axes) {
      return crops() && Arrays.stream(axes).anyMatch(a -> a.start() < 0 || a.end() > 1);
    }

    /** The old position of a new one. */
    double source(long at, long from, long to, double scale, double start, double end) {
      return switch (coordinates) {
        case "half_pixel" -> (at + 0.5) / scale - 0.5;
        case "half_pixel_symmetric" -> {
          // A whole number of pixels falls short of the length by the scale, alike on both sides.
          var shortfall = from / 2.0 * (1 - to / (scale * from));
          yield shortfall + (at + 0.5) / scale - 0.5;
        }
        case "pytorch_half_pixel" -> to > 1 ? (at + 0.5) / scale - 0.5 : 0;
        case "align_corners" -> {
          // The new length by the scale, which a whole number of pixels may fall short of.
          var length = from * scale;
          yield length > 1 ? at * (from - 1) / (length - 1) : 0;
        }
        case "asymmetric" -> at / scale;
        case "tf_half_pixel_for_nn" -> (at + 0.5) / scale;
        case "tf_crop_and_resize" ->
            to > 1
                ? start * (from - 1) + at * (end - start) * (from - 1) / (to - 1)
                : 0.5 * (start + end) * (from - 1);
        default ->
            throw new IllegalArgumentException(
                "Positions by %s aren't supported.".formatted(coordinates));
      };
    }

    double[] matrix(long from, long to, double scale, double start, double end) {
      var matrix = new double[Math.toIntExact(from * to)];
      for (var at = 0L; at < to; at++) {
        var place = source(at, from, to, scale, start, end);
        var row = (int) (at * from);
        if (crops() && (place < 0 || place > from - 1)) {
          continue;
        }
        if (smooths && scale < 1 && !mode.equals("nearest")) {
          smooth(matrix, row, from, place, scale);
          continue;
        }
        switch (mode) {
          case "nearest" -> matrix[row + (int) Math.clamp(nearest(place), 0, from - 1)] = 1;
          case "linear" -> linear(matrix, row, from, place);
          case "cubic" -> cubic(matrix, row, from, place);
          default ->
              throw new IllegalArgumentException(
                  "Interpolation by %s isn't supported.".formatted(mode));
        }
      }
      return matrix;
    }

    private long nearest(double place) {
      return (long)
          switch (rounding) {
            case "round_prefer_floor" -> Math.ceil(place - 0.5);
            case "round_prefer_ceil" -> Math.floor(place + 0.5);
            case "floor" -> Math.floor(place);
            case "ceil" -> Math.ceil(place);
            default ->
                throw new IllegalArgumentException(
                    "Rounding by %s isn't supported.".formatted(rounding));
          };
    }

    private static void linear(double[] matrix, int row, long from, double place) {
      var inside = Math.clamp(place, 0, from - 1.0);
      var left = (int) Math.floor(inside);
      var share = inside - left;
      matrix[row + left] += 1 - share;
      if (share > 0) {
        matrix[row + left + 1] += share;
      }
    }

    /** Keys' kernel over the four nearest pixels (Keys, 1981). */
    private void cubic(double[] matrix, int row, long from, double place) {
      var left = (long) Math.floor(place);
      var sum = 0.0;
      for (var i = left - 1; i <= left + 2; i++) {
        sum += excludesOutside && (i < 0 || i >= from) ? 0 : kernel(Math.abs(place - i));
      }
      for (var i = left - 1; i <= left + 2; i++) {
        var isOutside = i < 0 || i >= from;
        if (!excludesOutside || !isOutside) {
          var column = (int) Math.clamp(i, 0, from - 1);
          matrix[row + column] += kernel(Math.abs(place - i)) / (excludesOutside ? sum : 1);
        }
      }
    }

    /** The kernel stretched by as much as the image shrinks, its weights brought to the sum 1. */
    private void smooth(double[] matrix, int row, long from, double place, double scale) {
      var reach = (mode.equals("cubic") ? 2 : 1) / scale;
      var first = (long) Math.floor(place - reach) + 1;
      var last = (long) Math.ceil(place + reach) - 1;
      var sum = 0.0;
      for (var i = first; i <= last; i++) {
        sum += excludesOutside && (i < 0 || i >= from) ? 0 : stretched(place - i, scale);
      }
      for (var i = first; i <= last; i++) {
        if (!excludesOutside || i >= 0 && i < from) {
          matrix[row + (int) Math.clamp(i, 0, from - 1)] += stretched(place - i, scale) / sum;
        }
      }
    }

    private double stretched(double distance, double scale) {
      var size = Math.abs(distance) * scale;
      return mode.equals("cubic") ? kernel(size) : Math.max(0, 1 - size);
    }

    private double kernel(double distance) {
      var a = steepness;
      if (distance <= 1) {
        return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
      }
      return distance < 2 ? ((distance - 5) * distance + 8) * distance * a - 4 * a : 0;
    }
  }
}
