package org.pellucid.bench.work;

/**
 * A 3×3 convolution with stride 1 and padding 1, or one of its gradients.
 *
 * @param channels going in
 * @param filters channels coming out
 * @param side height and width of the image, in pixels
 */
public record ConvolutionWork(Pass pass, int channels, int filters, int side, int batch)
    implements Workload {
  /** Height and width of the window, in pixels. */
  public static final int WINDOW = 3;

  @Override
  public String name() {
    var suffix = batch == 1 ? "" : "-b" + batch;
    return "conv-%s-%d-%d-%d%s".formatted(pass.text(), channels, filters, side, suffix);
  }

  /** Winograd's algorithm rounds to 2e-6, direct sums to 3e-7; a wrong pixel is above 1e-4. */
  @Override
  public double tolerance() {
    return 1e-5;
  }

  /** The image {@code [batch, channels, side, side]}. */
  public float[] input() {
    return Numbers.centred(1, (long) batch * channels * side * side, 1);
  }

  /** The weight {@code [filters, channels, 3, 3]}, scaled so that results are about 1. */
  public float[] weight() {
    var inputs = channels * WINDOW * WINDOW;
    return Numbers.centred(2, (long) filters * inputs, 1 / Math.sqrt(inputs));
  }

  /** The bias {@code [filters]}. */
  public float[] bias() {
    return Numbers.centred(3, filters, 1);
  }

  /** The result's gradient {@code [batch, filters, side, side]}. */
  public float[] gradient() {
    return Numbers.centred(4, (long) batch * filters * side * side, 1);
  }

  /** Multiplications and additions of the definition. */
  public double operations() {
    return 2.0 * batch * filters * side * side * channels * WINDOW * WINDOW;
  }
}
