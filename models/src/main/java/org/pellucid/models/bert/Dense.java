package org.pellucid.models.bert;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.tensor.Tensor;

/** The two layers that BERT is made of, read from its parameters by name. */
final class Dense {
  private Dense() {}

  /** A fully connected layer. */
  record Projection(Tensor weight, Tensor bias) {
    static Projection load(BertParameters parameters, String name, long inputs, long outputs) {
      return new Projection(
          parameters.get(name + ".weight", outputs, inputs),
          parameters.get(name + ".bias", outputs));
    }

    Tensor forward(Tape tape, Tensor x) {
      return Linear.apply(tape, x, weight, bias);
    }

    Tensor forwardWithGelu(Tape tape, Tensor x) {
      return Linear.withGelu(tape, x, weight, bias);
    }
  }

  /** A layer normalisation. */
  record Norm(Tensor gamma, Tensor beta, double epsilon) {
    static Norm load(BertParameters parameters, String name, BertConfig config) {
      return load(parameters, name, config.hiddenSize(), config);
    }

    static Norm load(BertParameters parameters, String name, long size, BertConfig config) {
      return new Norm(
          parameters.get(name + ".weight", size),
          parameters.get(name + ".bias", size),
          config.layerNormEpsilon());
    }

    Tensor forward(Tape tape, Tensor x) {
      return LayerNorm.apply(tape, x, gamma, beta, epsilon);
    }

    /** The normalised sum of a layer's output, which is used up, and of what passes it by. */
    Tensor ofSum(Tape tape, Tensor output, Tensor shortcut) {
      var sum = Add.apply(tape, output, shortcut);
      tape.discard(output);
      var normalised = forward(tape, sum);
      tape.discard(sum);
      return normalised;
    }
  }
}
