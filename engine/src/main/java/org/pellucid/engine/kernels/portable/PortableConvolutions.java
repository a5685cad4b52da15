package org.pellucid.engine.kernels.portable;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.ConvolutionKernels;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Tensor;

/**
 * Convolution as one matrix product for each position in the window: the pixels that meet weight
 * {@code [i, j]} form a matrix {@code [batch · rows · columns, channels]}, which meets {@code
 * weight[i, j]} of {@code [channels, output channels]}. No patches are ever laid out, so the memory
 * needed beyond the padded image is one such matrix.
 */
final class PortableConvolutions implements ConvolutionKernels {

  @Override
  public void forward(
      Tensor input,
      Tensor weight,
      Optional<Tensor> bias,
      SlidingWindow window,
      boolean relu,
      Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    convolve(input.array(), weight.array(), window, out.array());
    bias.ifPresent(b -> Nd4jOperations.add(out.array(), b.array(), out.array()));
    if (relu) {
      Nd4jOperations.relu(out.array(), out.array());
    }
  }

  @Override
  public void inputGradient(
      Tensor gradient,
      Optional<Tensor> reluOutput,
      Tensor weight,
      SlidingWindow window,
      Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    if (reluOutput.isEmpty()) {
      spread(gradient.array(), weight.array(), window, out.array());
      return;
    }
    try (var passed = Nd4jOperations.likeOf(gradient.array())) {
      Nd4jOperations.passWherePositive(reluOutput.get().array(), gradient.array(), passed);
      spread(passed, weight.array(), window, out.array());
    }
  }

  @Override
  public void weightGradient(Tensor input, Tensor gradient, SlidingWindow window, Tensor out) {
    if (input.elements() > 0) {
      correlate(input.array(), gradient.array(), window, out.array());
    } else {
      out.array().assign(0.0);
    }
  }

  private static void convolve(
      INDArray input, INDArray weight, SlidingWindow window, INDArray out) {
    var result = Nd4jOperations.rows(out);
    result.assign(0);
    try (var image = new PaddedImage(input, window, 0);
        var product = Nd4jOperations.likeOf(result)) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          try (var pixels = image.under(i, j).dup('c')) {
            Nd4jOperations.product(
                Nd4jOperations.rows(pixels), false, tap(weight, i, j), false, product);
          }
          result.addi(product);
        }
      }
    }
  }

  private static void spread(
      INDArray gradient, INDArray weight, SlidingWindow window, INDArray out) {
    var rows = Nd4jOperations.rows(gradient);
    try (var image = PaddedImage.zeros(out, window);
        var product =
            Nd4j.createUninitialized(out.dataType(), new long[] {rows.size(0), out.size(3)}, 'c')) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          Nd4jOperations.product(rows, false, tap(weight, i, j), true, product);
          var pixels = image.under(i, j);
          pixels.addi(product.reshape('c', pixels.shape()));
        }
      }
      out.assign(image.inside());
    }
  }

  private static void correlate(
      INDArray input, INDArray gradient, SlidingWindow window, INDArray out) {
    var rows = Nd4jOperations.rows(gradient);
    try (var image = new PaddedImage(input, window, 0)) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          try (var pixels = image.under(i, j).dup('c');
              var product = Nd4jOperations.likeOf(tap(out, i, j))) {
            Nd4jOperations.product(Nd4jOperations.rows(pixels), true, rows, false, product);
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
