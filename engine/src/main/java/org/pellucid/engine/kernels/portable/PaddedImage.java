package org.pellucid.engine.kernels.portable;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

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
              height + 2L * window.paddingHeight(),
              width + 2L * window.paddingWidth(),
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
    return array.get(
        all(),
        interval(window.paddingHeight(), window.paddingHeight() + height),
        interval(window.paddingWidth(), window.paddingWidth() + width),
        all());
  }

  /**
   * The pixels under row {@code i}, column {@code j} of the window wherever it stops, as a view.
   */
  INDArray under(int i, int j) {
    var stride = array.stride();
    return Nd4j.create(
        array.data(),
        new long[] {
          array.size(0), window.outputHeight(height), window.outputWidth(width), array.size(3)
        },
        new long[] {
          stride[0], stride[1] * window.strideHeight(), stride[2] * window.strideWidth(), stride[3]
        },
        array.offset() + i * stride[1] + j * stride[2],
        'c');
  }

  @Override
  public void close() {
    array.close();
  }
}
