package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.ops.Elementwise;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.tensor.Tensor;

/**
 * The cosine of the angle between vectors and a fixed one, in −1..1.
 *
 * @param direction the fixed vector, of length 1
 */
public record CosineSimilarity(double[] direction) {
  /** Copies the vector. */
  public CosineSimilarity {
    direction = direction.clone();
  }

  /**
   * The similarity to a vector of any length but 0.
   *
   * @throws IllegalArgumentException if the vector is zero
   */
  public static CosineSimilarity to(double[] vector) {
    var length = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    check(length > 0, "The other text's vector is zero, so nothing is like it");
    return new CosineSimilarity(Arrays.stream(vector).map(x -> x / length).toArray());
  }

  /**
   * {@code cos = (v · d) / √(Σ v²)} with the vectors {@code v} and the direction d.
   *
   * @param vectors {@code [batch, size]}
   * @return {@code [batch, 1]}
   */
  public Tensor of(Tape tape, Tensor vectors) {
    var unit = tape.allocate(vectors.type(), 1, direction.length);
    unit.set(direction);
    var none = tape.allocate(vectors.type(), 1);
    none.set(new double[1]);
    var along = Linear.apply(tape, vectors, unit, none);
    var squares = Sum.apply(tape, Multiply.apply(tape, vectors, vectors), 1);
    var inverse = Elementwise.apply(tape, new ElementFunction.Power(-0.5), squares);
    return Multiply.apply(tape, along, Reshape.apply(tape, inverse, vectors.size(0), 1));
  }
}
