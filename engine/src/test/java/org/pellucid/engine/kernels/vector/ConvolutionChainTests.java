package org.pellucid.engine.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ConvolutionLayer;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.ConvolutionChain;
import org.pellucid.engine.tensor.Tensor;

/** Convolutions one after the other, in bands and on their own. */
@NeedsVectorKernels
class ConvolutionChainTests {
  private final Random random = new Random(3);

  private Tensor numbers(long... shape) {
    var values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }

  private ConvolutionLayer pointwise(int channels, int filters, Rectifier rectifier) {
    return new ConvolutionLayer(
        numbers(1, 1, channels, filters),
        numbers(filters),
        SlidingWindow.square(1, 1, 0),
        rectifier);
  }

  private ConvolutionLayer depthwise(int channels, SlidingWindow window) {
    return depthwise(channels, window, Rectifier.RELU6);
  }

  private ConvolutionLayer depthwise(int channels, SlidingWindow window, Rectifier rectifier) {
    return new ConvolutionLayer(
        numbers(window.height(), window.width(), 1, channels),
        numbers(channels),
        window,
        rectifier);
  }

  /** The layers applied as operations of their own. */
  private static Pass oneByOne(Engine engine, Tensor x, List<ConvolutionLayer> layers) {
    try (var tape = new Tape(engine)) {
      tape.watch(x);
      var y = x;
      for (var layer : layers) {
        var groups = (int) (y.size(3) / layer.weight().size(2));
        y =
            Convolution2d.apply(
                tape, y, layer.weight(), layer.bias(), layer.window(), groups, layer.rectifier());
      }
      return Pass.of(tape, x, y);
    }
  }

  /** The chain on its own tape, whose result is the same whether a gradient is wanted or not. */
  private static Pass chained(Engine engine, Tensor x, List<ConvolutionLayer> layers) {
    try (var tape = new Tape(engine);
        var other = new Tape(engine)) {
      var alone = ConvolutionChain.apply(other, x, layers).toFloats();
      tape.watch(x);
      var pass = Pass.of(tape, x, ConvolutionChain.apply(tape, x, layers));
      assertSameBits(alone, pass.result());
      return pass;
    }
  }

  /** A result, and the gradient of its sum weighted by numbers that are the same each time. */
  private record Pass(float[] result, float[] gradient) {
    static Pass of(Tape tape, Tensor x, Tensor y) {
      var weights = new float[(int) y.elements()];
      for (var i = 0; i < weights.length; i++) {
        weights[i] = (i * 37 % 101 - 50) / 50f;
      }
      try (var g = Tensor.of(weights, y.shape())) {
        return new Pass(y.toFloats(), tape.gradient(y, g, List.of(x)).of(x).toFloats());
      }
    }
  }

  private static void assertSameBits(Pass actual, Pass expected) {
    assertSameBits(actual.result(), expected.result());
    assertSameBits(actual.gradient(), expected.gradient());
  }

  private static void assertSameBits(float[] actual, float[] expected) {
    assertThat(Arrays.mismatch(actual, expected)).as("the first number that differs").isEqualTo(-1);
  }

  /**
   * Images of one line and of many, more lines than a band holds, windows as large as the image,
   * steps over lines that no window meets, fewer channels than a panel has columns, colours, no
   * images and images without pixels, and more.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 40, 60, 16, 96, 24, 3, 1, 1, 1",
    "1, 112, 30, 16, 100, 24, 3, 2, 1, 1",
    "2, 57, 41, 24, 144, 0, 3, 1, 1, 1",
    "3, 29, 28, 0, 48, 70, 5, 2, 2, 1",
    "1, 7, 7, 40, 64, 33, 7, 1, 3, 1",
    "1, 1, 200, 20, 32, 16, 3, 1, 1, 1",
    "2, 33, 20, 16, 80, 40, 2, 3, 0, 1",
    "2, 31, 64, 18, 65, 20, 3, 1, 2, 2",
    "5, 14, 14, 64, 384, 64, 3, 1, 1, 1",
    "1, 23, 300, 8, 200, 300, 3, 1, 1, 1",
    "1, 14, 14, 3, 32, 0, 3, 1, 1, 1",
    "2, 28, 28, 3, 32, 16, 3, 1, 1, 1",
    "1, 7, 7, 0, 64, 64, 3, 1, 1, 1",
    "0, 14, 14, 16, 32, 16, 3, 1, 1, 1",
    "1, 0, 8, 0, 16, 8, 3, 1, 2, 1"
  })
  void givesTheBitsOfEachOnItsOwn(
      int batch,
      int height,
      int width,
      int channels,
      int inner,
      int filters,
      int size,
      int stride,
      int padding,
      int dilation) {
    var window =
        new SlidingWindow(size, size, stride, stride, padding, padding, dilation, dilation, false);
    var layers = new ArrayList<ConvolutionLayer>();
    if (channels > 0) {
      layers.add(pointwise(channels, inner, Rectifier.RELU6));
    }
    layers.add(depthwise(inner, window));
    if (filters > 0) {
      layers.add(pointwise(inner, filters, stride > 1 ? Rectifier.RELU : Rectifier.NONE));
    }
    var x = numbers(batch, height, width, channels > 0 ? channels : inner);
    for (var threads : new int[] {1, 2, 5}) {
      var engine = new Engine(new VectorKernels(threads));
      assertSameBits(chained(engine, x, layers), oneByOne(engine, x, layers));
    }
  }

  @Test
  void chainsOfOtherLayersAreTheSameOneByOne() {
    var three = SlidingWindow.square(3, 1, 1);
    var full = new ConvolutionLayer(numbers(3, 3, 32, 32), numbers(32), three, Rectifier.RELU);
    var grouped =
        new ConvolutionLayer(
            numbers(1, 1, 16, 32), numbers(32), SlidingWindow.square(1, 1, 0), Rectifier.RELU);
    var x = numbers(1, 12, 12, 32);
    var engine = Engine.standard();
    for (var layers :
        List.of(
            List.of(full, depthwise(32, three)),
            List.of(depthwise(32, three), full),
            List.of(grouped, depthwise(32, three)),
            List.of(depthwise(32, three), depthwise(32, three)),
            List.of(pointwise(32, 32, Rectifier.NONE), pointwise(32, 8, Rectifier.NONE)),
            List.of(
                depthwise(32, three),
                pointwise(32, 64, Rectifier.NONE),
                pointwise(64, 32, Rectifier.NONE)))) {
      assertSameBits(chained(engine, x, layers), oneByOne(engine, x, layers));
    }
  }

  @ParameterizedTest
  @EnumSource
  void passesGradientsByEachRectifier(Rectifier rectifier) {
    var three = SlidingWindow.square(3, 1, 1);
    var x = numbers(2, 30, 20, 24);
    x.set(scaled(x.toFloats(), 4));
    var engine = Engine.standard();
    for (var layers :
        List.of(
            List.of(depthwise(24, three, rectifier), pointwise(24, 33, rectifier)),
            List.of(pointwise(24, 40, rectifier), depthwise(40, three, rectifier)),
            List.of(
                pointwise(24, 40, rectifier),
                depthwise(40, three, rectifier),
                pointwise(40, 17, rectifier)))) {
      assertSameBits(chained(engine, x, layers), oneByOne(engine, x, layers));
    }
  }

  private static float[] scaled(float[] values, float factor) {
    for (var i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return values;
  }

  @Test
  void leavesEachLayerToRulesAndItsWeightToGradients() {
    var layers =
        List.of(
            pointwise(24, 40, Rectifier.NONE),
            depthwise(40, SlidingWindow.square(3, 1, 1)),
            pointwise(40, 24, Rectifier.NONE));
    var x = numbers(1, 30, 20, 24);
    var calls = new AtomicInteger();
    try (var tape = new Tape()) {
      tape.replaceBackward(
          Convolution2d.class,
          (_, backward) -> {
            calls.incrementAndGet();
            backward.own(backward.gradient()).getFirst().ifPresent(g -> backward.add(0, g));
          });
      tape.watch(x);
      tape.gradient(ConvolutionChain.apply(tape, x, layers), x);
    }
    assertThat(calls).hasValue(3);
    try (var tape = new Tape()) {
      var weight = tape.watch(layers.getFirst().weight());
      var y = ConvolutionChain.apply(tape, x, layers);
      assertThat(tape.gradient(y, weight).of(weight).shape()).isEqualTo(weight.shape());
    }
  }

  @Test
  void saysWhichLayerDoesNotFit() {
    var x = numbers(1, 8, 8, 20);
    var layers =
        List.of(pointwise(20, 32, Rectifier.NONE), depthwise(24, SlidingWindow.square(3, 1, 1)));
    try (var tape = new Tape()) {
      assertThatThrownBy(() -> ConvolutionChain.apply(tape, x, layers))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("A convolution from 32 channels to 24 can't have 32 groups.");
      assertThatThrownBy(() -> ConvolutionChain.apply(tape, x, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("A chain of convolutions needs at least one.");
    }
  }
}
