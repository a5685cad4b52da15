package org.pellucid.engine.kernels;

/** What a convolution does to its sums before they go out, in the same operation. */
public enum Rectifier {
  /** Nothing. */
  NONE(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY),

  /** {@code max(x, 0)}. */
  RELU(0, Float.POSITIVE_INFINITY),

  /** {@code min(max(x, 0), 6)}. */
  RELU6(0, 6);

  private final float least;
  private final float most;

  Rectifier(float least, float most) {
    this.least = least;
    this.most = most;
  }

  /** The least number that goes out, negative infinity without a bound. */
  public float least() {
    return least;
  }

  /** The largest number that goes out, infinity without a bound. */
  public float most() {
    return most;
  }

  /** Whether there is a bound at all. */
  public boolean isPresent() {
    return this != NONE;
  }
}
