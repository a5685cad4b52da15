package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.engine.kernels.PoolingKernels;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Tensor;

/** Pooling as a running comparison or sum over the positions in the window. */
final class PortablePooling implements PoolingKernels {

  @Override
  public void max(Tensor input, SlidingWindow window, Tensor winners, Tensor out) {
    if (out.elements() > 0) {
      largest(input.array(), window, winners.array(), out.array());
    }
  }

  @Override
  public void maxGradient(Tensor gradient, Tensor winners, SlidingWindow window, Tensor out) {
    if (out.elements() > 0) {
      toWinners(gradient.array(), winners.array(), window, out.array());
    }
  }

  private static void largest(
      INDArray input, SlidingWindow window, INDArray winners, INDArray out) {
    out.assign(Double.NEGATIVE_INFINITY);
    winners.assign(0);
    try (var image = new PaddedImage(input, window, Double.NEGATIVE_INFINITY)) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          try (var pixels = image.under(i, j).dup('c');
              var better = Nd4jOperations.indicator(pixels.gt(out), winners)) {
            takeOver(winners, better, i * window.width() + j);
            Nd4jOperations.run("maximum", out, pixels, out);
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

  private static void toWinners(
      INDArray gradient, INDArray winners, SlidingWindow window, INDArray out) {
    try (var image = PaddedImage.zeros(out, window)) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          var position = i * window.width() + j;
          try (var share = Nd4jOperations.indicator(winners.eq(position), gradient)) {
            image.under(i, j).addi(share.muli(gradient));
          }
        }
      }
      out.assign(image.inside());
    }
  }

  @Override
  public void average(Tensor input, SlidingWindow window, Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    out.array().assign(0.0);
    try (var image = new PaddedImage(input.array(), window, 0)) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          out.array().addi(image.under(i, j));
        }
      }
    }
    out.array().divi(window.pixels());
  }

  @Override
  public void averageGradient(Tensor gradient, SlidingWindow window, Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    try (var image = PaddedImage.zeros(out.array(), window);
        var share = gradient.array().div(window.pixels())) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          image.under(i, j).addi(share);
        }
      }
      out.array().assign(image.inside());
    }
  }
}
