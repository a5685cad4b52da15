package org.pellucid.bench.work;

import java.util.Locale;

/** An operation whose time is the memory's, on a matrix. */
public record ElementwiseWork(Kind kind, int rows, int columns) implements Workload {

  /** The operation. */
  public enum Kind {
    /** The sum of two matrices. */
    ADD,
    /** {@code max(x, 0)}. */
    RELU,
    /** {@code x · Φ(x)}, exact. */
    GELU,
    /** Layer normalisation of each row, with scale and shift. */
    LAYER_NORM,
    /** Softmax of each row. */
    SOFTMAX;

    /** The name in benchmarks' names. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Added to the variance of a layer normalisation. */
  public static final double EPSILON = 1e-12;

  @Override
  public String name() {
    return "%s-%d-%d".formatted(kind.text(), rows, columns);
  }

  /** A few roundings, and those of an exponential or an error function. */
  @Override
  public double tolerance() {
    return 1e-5;
  }

  /** The matrix {@code [rows, columns]}. */
  public float[] input() {
    return Numbers.centred(14, (long) rows * columns, 1);
  }

  /** The second matrix of a sum, of the same shape. */
  public float[] other() {
    return Numbers.centred(15, (long) rows * columns, 1);
  }

  /** The scale of a normalisation {@code [columns]}. */
  public float[] scale() {
    return Numbers.centred(16, columns, 1);
  }

  /** The shift of a normalisation {@code [columns]}. */
  public float[] shift() {
    return Numbers.centred(17, columns, 1);
  }
}
