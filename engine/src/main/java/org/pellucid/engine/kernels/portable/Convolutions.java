package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.Window;

/**
 * Convolution as one matrix product for each position in the window: the pixels that meet weight
 * {@code [i, j]} form a matrix {@code [batch · rows · columns, channels]}, which meets {@code
 * weight[i, j]} of {@code [channels, output channels]}. No patches are ever laid out, so the memory
 * needed beyond the padded image is one such matrix.
 */
final class Convolutions {
  private Convolutions() {}

  static void forward(INDArray input, INDArray weight, Window window, INDArray out) {
    var result = Arithmetic.rows(out);
    result.assign(0);
    try (var image = new PaddedImage(input, window, 0);
        var product = Arithmetic.likeOf(result)) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          try (var pixels = image.under(i, j).dup('c')) {
            Arithmetic.product(Arithmetic.rows(pixels), false, tap(weight, i, j), false, product);
          }
          result.addi(product);
        }
      }
    }
  }

  static void inputGradient(INDArray gradient, INDArray weight, Window window, INDArray out) {
    var rows = Arithmetic.rows(gradient);
    try (var image = PaddedImage.zeros(out, window);
        var product =
            Nd4j.createUninitialized(out.dataType(), new long[] {rows.size(0), out.size(3)}, 'c')) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          Arithmetic.product(rows, false, tap(weight, i, j), true, product);
          var pixels = image.under(i, j);
          pixels.addi(product.reshape('c', pixels.shape()));
        }
      }
      out.assign(image.inside());
    }
  }

  static void weightGradient(INDArray input, INDArray gradient, Window window, INDArray out) {
    var rows = Arithmetic.rows(gradient);
    try (var image = new PaddedImage(input, window, 0)) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          try (var pixels = image.under(i, j).dup('c');
              var product = Arithmetic.likeOf(tap(out, i, j))) {
            Arithmetic.product(Arithmetic.rows(pixels), true, rows, false, product);
            tap(out, i, j).assign(product);
          }
        }
      }
    }
  }

  private static INDArray tap(INDArray weight, int i, int j) {
    var stride = weight.stride();
    return Nd4j.create(
        weight.data(),
        new long[] {weight.size(2), weight.size(3)},
        new long[] {stride[2], stride[3]},
        weight.offset() + i * stride[0] + j * stride[1],
        'c');
  }
}
