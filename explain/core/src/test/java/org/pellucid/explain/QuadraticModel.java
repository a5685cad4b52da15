package org.pellucid.explain;

import java.util.List;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/**
 * {@code yⱼ = Σᵢ (j + 1) · i · xᵢ²} in double precision, with the squares as its layer {@code
 * squares}: a model whose every explanation is known.
 */
public record QuadraticModel(long[] inputShape, int outputs) implements Model {
  /** The layer that holds the squares, {@code [size]}. */
  public static final String SQUARES = "squares";

  @Override
  public ElementType type() {
    return ElementType.FLOAT64;
  }

  @Override
  public List<String> layerNames() {
    return List.of(SQUARES);
  }

  @Override
  public Tensor forward(Tape tape, Tensor inputs, Taps taps) {
    var size = (int) (inputs.elements() / inputs.size(0));
    var rows = Reshape.apply(tape, inputs, inputs.size(0), size);
    var squares = Multiply.apply(tape, rows, rows);
    var tapped = taps.wants(SQUARES) ? taps.tap(tape, SQUARES, tape.keep(squares)) : squares;
    if (taps.stopsAt(SQUARES)) {
      return tapped;
    }
    var weights = new double[size * outputs];
    for (var i = 0; i < weights.length; i++) {
      weights[i] = (double) (i / outputs) * (i % outputs + 1);
    }
    return MatMul.apply(tape, tapped, Tensor.of(weights, size, outputs));
  }
}
