package org.pellucid.explain.attribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;
import org.pellucid.models.nn.Layer;

/** Networks with random weights for the tests of gradient methods. */
public final class SmallNetworks {
  /** The height and width of an image. */
  public static final int SIDE = 6;

  /** The number of values of an image. */
  public static final int SIZE = 2 * SIDE * SIDE;

  private SmallNetworks() {}

  static Tensor random(ElementType type, int seed, double scale, long... shape) {
    var random = new Random(seed);
    var tensor = Tensor.uninitialised(type, shape);
    var values = new double[Math.toIntExact(tensor.elements())];
    Arrays.setAll(values, i -> scale * random.nextGaussian());
    tensor.set(values);
    return tensor;
  }

  /** Two convolutions, pooling with windows that overlap, and a fully connected layer. */
  public static ConvolutionalNetwork network(ElementType type, double biases) {
    return network(
        type,
        List.of(
            new Layer.Convolution2d(
                random(type, 1, 0.5, 3, 3, 2, 4),
                random(type, 2, biases, 4),
                SlidingWindow.square(3, 1, 1),
                Rectifier.NONE)),
        biases);
  }

  /** The same with other layers in place of the first. */
  static ConvolutionalNetwork network(ElementType type, List<Layer> first, double biases) {
    var layers = new ArrayList<>(first);
    layers.add(new Layer.Relu());
    layers.add(
        new Layer.Convolution2d(
            random(type, 3, 0.5, 3, 3, 4, 3),
            random(type, 4, biases, 3),
            SlidingWindow.square(3, 1, 1),
            Rectifier.NONE));
    layers.add(new Layer.Relu());
    layers.add(new Layer.MaxPool2d(SlidingWindow.square(3, 2, 0)));
    layers.add(new Layer.Flatten());
    layers.add(new Layer.Linear(random(type, 5, 0.5, 5, 12), random(type, 6, biases, 5)));
    var named = new ArrayList<NamedLayer>();
    for (var layer : layers) {
      named.add(new NamedLayer("layers." + named.size(), layer));
    }
    return new ConvolutionalNetwork(named, 2, SIDE, SIDE);
  }

  static Engine engine(ElementType type) {
    return type == ElementType.FLOAT64 ? Engine.portable() : Engine.standard();
  }

  /** What runs a model, on the engine for its type. */
  public static Evaluator evaluator(Model model) {
    return new Evaluator(engine(model.type()), model);
  }

  /** An image with values from −1 to 1. */
  public static Values image(int seed) {
    var random = new Random(seed);
    var numbers = new float[SIZE];
    for (var i = 0; i < SIZE; i++) {
      numbers[i] = 2 * random.nextFloat() - 1;
    }
    return Values.of(numbers, 2, SIDE, SIDE);
  }

  /** The maps of some images, computed so many at a time. */
  static double[] maps(
      GradientMethod method, Evaluator evaluator, Target target, int count, int batch) {
    var size = evaluator.inputSize();
    var maps = new double[count * size];
    method.maps(
        evaluator,
        count,
        (number, into, offset) -> image(number).copyTo(into, offset),
        target,
        RunOptions.standard().withBatchSize(batch),
        (number, map, offset) -> System.arraycopy(map, offset, maps, number * size, size));
    return maps;
  }

  /** A function of rows of numbers, built from operations. */
  public record Function(ElementType type, int inputs, int outputs, Body body) implements Model {
    /** The operations. */
    public interface Body {
      Tensor apply(Tape tape, Tensor x);
    }

    @Override
    public long[] inputShape() {
      return new long[] {inputs};
    }

    @Override
    public Tensor forward(Tape tape, Tensor x, Taps taps) {
      return body.apply(tape, x);
    }
  }
}
