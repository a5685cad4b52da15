package org.pellucid.explain.features;

import java.util.List;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/**
 * Mixes the colours of each pixel into four channels, keeps what is positive, and weighs all of it
 * into two outputs: layers {@code mix}, {@code relu} and {@code outputs}.
 */
record MixingModel(int height, int width, ElementType type) implements Model {
  static final int CHANNELS = 4;
  private static final double[] MIX = {1, -0.5, 0.25, -3, 0.5, 1, -1, -2, -0.75, 0.5, 0.5, -1};

  @Override
  public long[] inputShape() {
    return new long[] {3, height, width};
  }

  @Override
  public int outputs() {
    return 2;
  }

  @Override
  public List<String> layerNames() {
    return List.of("mix", "relu", "outputs");
  }

  @Override
  public Tensor forward(Tape tape, Tensor inputs, Taps taps) {
    var batch = inputs.size(0);
    var pixels = Transpose.apply(tape, inputs, 0, 2, 3, 1);
    var rows = Reshape.apply(tape, pixels, batch * height * width, 3);
    tape.enterLayer("mix");
    var mixed = MatMul.apply(tape, rows, constant(tape, MIX, 3, CHANNELS));
    var mix = Reshape.apply(tape, mixed, batch, height, width, CHANNELS);
    mix = taps.offer(tape, "mix", mix);
    if (taps.stopsAt("mix")) {
      return mix;
    }
    tape.enterLayer("relu");
    var relu = taps.offer(tape, "relu", Relu.apply(tape, mix));
    if (taps.stopsAt("relu")) {
      return relu;
    }
    tape.enterLayer("outputs");
    var size = height * width * CHANNELS;
    var weights = new double[size * 2];
    for (var i = 0; i < weights.length; i++) {
      weights[i] = (i * 7 % 11 - 5) / 10.0;
    }
    var flat = Reshape.apply(tape, relu, batch, size);
    var outputs = MatMul.apply(tape, flat, constant(tape, weights, size, 2));
    return taps.offer(tape, "outputs", outputs);
  }

  private Tensor constant(Tape tape, double[] values, long... shape) {
    var tensor = tape.allocate(type, shape);
    tensor.set(values);
    return tensor;
  }
}
