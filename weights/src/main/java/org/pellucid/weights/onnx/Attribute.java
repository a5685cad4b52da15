package org.pellucid.weights.onnx;

import java.util.List;
import org.pellucid.weights.WeightTensor;

/** A value that an operation of a graph is set to, such as a window's stride. */
public sealed interface Attribute {

  /** A whole number. */
  record Whole(long value) implements Attribute {}

  /** A number, which the format keeps in single precision. */
  record Number(float value) implements Attribute {}

  /** A text. */
  record Text(String value) implements Attribute {}

  /** A tensor. */
  record Array(WeightTensor value) implements Attribute {}

  /** Whole numbers. */
  record Wholes(List<Long> values) implements Attribute {
    /** Copies the list. */
    public Wholes {
      values = List.copyOf(values);
    }
  }

  /** Numbers. */
  record Numbers(List<Float> values) implements Attribute {
    /** Copies the list. */
    public Numbers {
      values = List.copyOf(values);
    }
  }

  /** Texts. */
  record Texts(List<String> values) implements Attribute {
    /** Copies the list. */
    public Texts {
      values = List.copyOf(values);
    }
  }

  /**
   * A value of a kind that isn't read.
   *
   * @param kind such as {@code graph}
   */
  record Unread(String kind) implements Attribute {}
}
