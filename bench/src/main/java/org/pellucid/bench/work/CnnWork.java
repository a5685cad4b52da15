package org.pellucid.bench.work;

/**
 * The homework's food classifier with the built-in weights on random images: its logits; after them
 * the gradient of each image's score for class {@link #TARGET} with respect to the image; or the
 * gradient with respect to every parameter (and the image).
 */
public record CnnWork(Pass pass, int batch) implements Workload {
  /** The class whose score is differentiated. */
  public static final int TARGET = 3;

  /** Height and width of the images, in pixels. */
  public static final int SIDE = 128;

  @Override
  public String name() {
    return "cnn-%s-b%d".formatted(pass.text(), batch);
  }

  /**
   * Logits differ by the rounding of eleven layers. A gradient jumps where rounding turns a
   * rectifier or a pooling the other way: PyTorch itself keeps a cosine of 0.999 between single and
   * double precision, which is a difference of 0.045.
   */
  @Override
  public double tolerance() {
    return pass == Pass.FORWARD ? 1e-4 : 0.045;
  }

  /** The images {@code [batch, 3, 128, 128]}. */
  public float[] images() {
    return Numbers.pixels(5, (long) batch * 3 * SIDE * SIDE);
  }
}
