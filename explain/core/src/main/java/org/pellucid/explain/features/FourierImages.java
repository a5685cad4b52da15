package org.pellucid.explain.features;

import java.util.SplittableRandom;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * Images as functions of their frequencies: {@code image = σ(C · Fyᵀ (s ⊙ z) Fx)} with orthonormal
 * real Fourier bases {@code Fx}, {@code Fy}, amplitudes {@code z} that are adjusted, scales {@code
 * s = 1 / 4f} and, where there are three channels, colours {@code C} whose coordinates are
 * uncorrelated in photographs. Steps of one size in {@code z} then change coarse structures more
 * than fine ones, as they are in photographs, and values stay in 0..1 (Olah, Mordvintsev and
 * Schubert: Feature visualization, 2017; the correlations are those of the lucid library).
 */
final class FourierImages implements AutoCloseable {
  private static final double FIRST_AMPLITUDE = 0.01;

  /** A square root of the covariance of ImageNet's colours, by lucid. */
  private static final double[][] COLOURS = {
    {0.26, 0.09, 0.02}, {0.27, 0.00, -0.05}, {0.27, -0.09, 0.03}
  };

  private final int channels;
  private final int height;
  private final int width;
  private final Tensor horizontal;
  private final Tensor vertical;
  private final Tensor scales;
  private final Tensor colours;

  /**
   * Prepares the bases for images of one shape.
   *
   * @param shape {@code [channels, height, width]}
   */
  FourierImages(Engine engine, ElementType type, long[] shape) {
    channels = (int) shape[0];
    height = (int) shape[1];
    width = (int) shape[2];
    horizontal = tensor(engine, type, basis(width), width, width);
    vertical = tensor(engine, type, basis(height), height, height);
    scales = tensor(engine, type, scales(height, width), height, width);
    colours = tensor(engine, type, colours(channels), channels, channels);
  }

  private static Tensor tensor(Engine engine, ElementType type, double[] values, long... shape) {
    var tensor = engine.memory().allocate(type, shape);
    tensor.set(values);
    return tensor;
  }

  /**
   * The real orthonormal Fourier basis of {@code n} places, {@code [n functions, n places]}: a
   * constant, then a cosine and a sine for each frequency.
   */
  static double[] basis(int n) {
    var basis = new double[n * n];
    for (var function = 0; function < n; function++) {
      var frequency = (function + 1) / 2;
      var phase = function % 2 == 1 ? 0 : -Math.PI / 2;
      var alone = function == 0 || 2 * frequency == n;
      for (var place = 0; place < n; place++) {
        var angle = 2 * Math.PI * ((long) frequency * place % n) / n;
        basis[function * n + place] =
            function == 0
                ? 1 / Math.sqrt(n)
                : Math.sqrt((alone ? 1.0 : 2.0) / n) * StrictMath.cos(angle + phase);
      }
    }
    return basis;
  }

  private static double[] scales(int height, int width) {
    var lowest = 1.0 / Math.max(height, width);
    var scales = new double[height * width];
    for (var row = 0; row < height; row++) {
      for (var column = 0; column < width; column++) {
        var frequency =
            Math.hypot((row + 1) / 2 / (double) height, (column + 1) / 2 / (double) width);
        scales[row * width + column] = 1 / (4 * Math.max(frequency, lowest));
      }
    }
    return scales;
  }

  /** {@code Cᵀ}, for rows of channels; the identity unless there are three. */
  private static double[] colours(int channels) {
    var colours = new double[channels * channels];
    var norm = Math.hypot(Math.hypot(COLOURS[0][0], COLOURS[1][0]), COLOURS[2][0]);
    for (var from = 0; from < channels; from++) {
      for (var to = 0; to < channels; to++) {
        colours[from * channels + to] =
            channels == COLOURS.length ? COLOURS[to][from] / norm : from == to ? 1 : 0;
      }
    }
    return colours;
  }

  /** The first amplitudes, {@code [batch, channels, height, width]}: small normal numbers. */
  double[] first(SplittableRandom[] randoms) {
    var size = channels * height * width;
    var amplitudes = new double[randoms.length * size];
    for (var image = 0; image < randoms.length; image++) {
      for (var i = 0; i < size; i++) {
        amplitudes[image * size + i] = FIRST_AMPLITUDE * randoms[image].nextGaussian();
      }
    }
    return amplitudes;
  }

  /**
   * The images of amplitudes.
   *
   * @param amplitudes {@code [batch, channels, height, width]}
   * @return {@code [batch, height, width, channels]} in 0..1
   */
  Tensor apply(Tape tape, Tensor amplitudes) {
    var batch = amplitudes.size(0);
    var stack = batch * channels;
    var scaled = Multiply.apply(tape, amplitudes, scales);
    var lines = Reshape.apply(tape, scaled, stack * height, width);
    var across = MatMul.apply(tape, lines, horizontal);
    var turned = Transpose.apply(tape, Reshape.apply(tape, across, stack, height, width), 0, 2, 1);
    var down = MatMul.apply(tape, Reshape.apply(tape, turned, stack * width, height), vertical);
    var places =
        Transpose.apply(
            tape, Reshape.apply(tape, down, batch, channels, width, height), 0, 3, 2, 1);
    var rows = Reshape.apply(tape, places, batch * height * width, channels);
    var coloured = Sigmoid.apply(tape, MatMul.apply(tape, rows, colours));
    return Reshape.apply(tape, coloured, batch, height, width, channels);
  }

  @Override
  public void close() {
    horizontal.close();
    vertical.close();
    scales.close();
    colours.close();
  }
}
