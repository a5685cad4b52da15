package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.SlidingWindow;

/**
 * A batch of images {@code [batch, height, width, channels]} with a border around each, and views
 * of the pixels that lie under one position of a moving window.
 */
final class PaddedImage implements AutoCloseable {
  private final INDArray array;
  private final SlidingWindow window;
  private final long height;
  private final long width;

  /** Copies {@code input} and fills the border with {@code border}. */
  PaddedImage(INDArray input, SlidingWindow window, double border) {
    this(window, input);
    array.assign(border);
    inside().assign(input);
  }

  private PaddedImage(SlidingWindow window, INDArray like) {
    this.window = window;
    this.height = like.size(1);
    this.width = like.size(2);
    this.array =
        Nd4j.createUninitialized(
            like.dataType(),
            new long[] {
              like.size(0),
              Math.max(
                  height + 2L * window.paddingHeight(),
                  (window.outputHeight(height) - 1L) * window.strideHeight() + window.spanHeight()),
              Math.max(
                  width + 2L * window.paddingWidth(),
                  (window.outputWidth(width) - 1L) * window.strideWidth() + window.spanWidth()),
              like.size(3)
            },
            'c');
  }

  /** Zeros for an image of the shape of {@code like} with its border. */
  static PaddedImage zeros(INDArray like, SlidingWindow window) {
    var image = new PaddedImage(window, like);
    image.array.assign(0);
    return image;
  }

  /** The image without its border, as a view. */
  INDArray inside() {
    return view(
        new long[] {array.size(0), height, width, array.size(3)},
        array.stride(),
        window.paddingHeight() * array.stride(1) + window.paddingWidth() * array.stride(2));
  }

  /**
   * The pixels of all channels under row {@code i}, column {@code j} of the window wherever it
   * stops, as a view.
   */
  INDArray under(int i, int j) {
    return under(i, j, 0, array.size(3));
  }

  /** Some channels of {@link #under(int, int)}, as a view. */
  INDArray under(int i, int j, long firstChannel, long channels) {
    var stride = array.stride();
    return view(
        new long[] {
          array.size(0), window.outputHeight(height), window.outputWidth(width), channels
        },
        new long[] {
          stride[0], stride[1] * window.strideHeight(), stride[2] * window.strideWidth(), stride[3]
        },
        i * window.dilationHeight() * stride[1]
            + j * window.dilationWidth() * stride[2]
            + firstChannel * stride[3]);
  }

  private INDArray view(long[] shape, long[] stride, long offset) {
    return Nd4j.create(array.data(), shape, stride, array.offset() + offset, 'c');
  }

  @Override
  public void close() {
    array.close();
  }
}
