package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.engine.kernels.Window;

/** Max pooling as a running comparison over the positions in the window. */
final class Pools {
  private Pools() {}

  static void forward(INDArray input, Window window, INDArray winners, INDArray out) {
    out.assign(Double.NEGATIVE_INFINITY);
    winners.assign(0);
    try (var image = new PaddedImage(input, window, Double.NEGATIVE_INFINITY)) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          try (var pixels = image.under(i, j).dup('c');
              var better = Arithmetic.indicator(pixels.gt(out), winners)) {
            takeOver(winners, better, i * window.width() + j);
            Arithmetic.run("maximum", out, pixels, out);
          }
        }
      }
    }
  }

  private static void takeOver(INDArray winners, INDArray better, int position) {
    try (var change = winners.rsub(position)) {
      winners.addi(change.muli(better));
    }
  }

  static void gradient(INDArray gradient, INDArray winners, Window window, INDArray out) {
    try (var image = PaddedImage.zeros(out, window)) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          var position = i * window.width() + j;
          try (var share = Arithmetic.indicator(winners.eq(position), gradient)) {
            image.under(i, j).addi(share.muli(gradient));
          }
        }
      }
      out.assign(image.inside());
    }
  }
}
