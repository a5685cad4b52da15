package org.pellucid.models.bert;

import static org.pellucid.models.ModelFileException.check;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.TanhGelu;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.Dense.Projection;

/** The functions that configurations name as {@code hidden_act}. */
enum Activation {
  GELU("gelu", "gelu_python"),
  TANH_GELU("gelu_new", "gelu_pytorch_tanh", "gelu_fast"),
  RELU("relu");

  private final List<String> names;

  Activation(String... names) {
    this.names = List.of(names);
  }

  /**
   * The activation that a configuration names.
   *
   * @throws org.pellucid.models.ModelFileException if it is another
   */
  static Activation of(BertConfig config) {
    var found =
        Arrays.stream(values())
            .filter(activation -> activation.names.contains(config.activation()))
            .findFirst();
    check(
        found.isPresent(),
        "The activation %s is not supported; this BERT computes %s",
        config.activation(),
        Arrays.stream(values())
            .flatMap(activation -> activation.names.stream())
            .collect(Collectors.joining(", ")));
    return found.orElseThrow();
  }

  /** The activation of a projection of {@code x}. */
  Tensor after(Tape tape, Projection projection, Tensor x) {
    if (this == GELU) {
      return projection.forwardWithGelu(tape, x);
    }
    var sums = projection.forward(tape, x);
    var y = apply(tape, sums);
    tape.discard(sums);
    return y;
  }

  /** The activation of each element. */
  Tensor apply(Tape tape, Tensor sums) {
    return switch (this) {
      case GELU -> Gelu.apply(tape, sums);
      case TANH_GELU -> TanhGelu.apply(tape, sums);
      case RELU -> Relu.apply(tape, sums);
    };
  }
}
