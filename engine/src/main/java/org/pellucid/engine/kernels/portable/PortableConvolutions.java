package org.pellucid.engine.kernels.portable;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.ConvolutionKernels;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Tensor;

/**
 * Convolution as one matrix product for each position in the window: the pixels that meet weight
 * {@code [i, j]} form a matrix {@code [batch · rows · columns, channels]}, which meets {@code
 * weight[i, j]} of {@code [channels, output channels]}. No patches are ever laid out, so the memory
 * needed beyond the padded image is one such matrix.
 */
final class PortableConvolutions implements ConvolutionKernels {
  private static final ElementFunction SIX = new ElementFunction.Relu6();

  @Override
  public void forward(
      Tensor input,
      Tensor weight,
      Optional<Tensor> bias,
      SlidingWindow window,
      Rectifier rectifier,
      Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    convolve(input.array(), weight.array(), window, out.array());
    bias.ifPresent(b -> Nd4jOperations.add(out.array(), b.array(), out.array()));
    switch (rectifier) {
      case NONE -> {}
      case RELU -> Nd4jOperations.relu(out.array(), out.array());
      case RELU6 -> PortableFunctions.apply(SIX, out.array(), out.array());
    }
  }

  @Override
  public void inputGradient(
      Tensor gradient,
      Optional<Rectified> rectified,
      Tensor weight,
      SlidingWindow window,
      Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    if (rectified.isEmpty()) {
      spread(gradient.array(), weight.array(), window, out.array());
      return;
    }
    try (var passed = Nd4jOperations.likeOf(gradient.array())) {
      pass(rectified.get(), gradient.array(), passed);
      spread(passed, weight.array(), window, out.array());
    }
  }

  /** {@code out = gradient} where the rectifier's output is at neither bound, else 0. */
  private static void pass(Rectified rectified, INDArray gradient, INDArray out) {
    var output = rectified.output().array();
    if (rectified.rectifier() == Rectifier.RELU6) {
      PortableFunctions.slope(SIX, output, out);
      out.muli(gradient);
    } else {
      Nd4jOperations.passWherePositive(output, gradient, out);
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
    try (var image = new PaddedImage(input, window, 0)) {
      for (var group : Group.of(input, weight)) {
        convolve(image, weight, window, group, result);
      }
    }
  }

  private static void convolve(
      PaddedImage image, INDArray weight, SlidingWindow window, Group group, INDArray result) {
    try (var product = Nd4jOperations.likeOf(result, result.size(0), group.filters())) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          try (var pixels = image.under(i, j, group.firstChannel(), group.channels()).dup('c')) {
            Nd4jOperations.product(
                Nd4jOperations.rows(pixels), false, tap(weight, i, j, group), false, product);
          }
          group.columns(result).addi(product);
        }
      }
    }
  }

  private static void spread(
      INDArray gradient, INDArray weight, SlidingWindow window, INDArray out) {
    var rows = Nd4jOperations.rows(gradient);
    try (var image = PaddedImage.zeros(out, window)) {
      for (var group : Group.of(out, weight)) {
        spread(rows, weight, window, group, image);
      }
      out.assign(image.inside());
    }
  }

  private static void spread(
      INDArray rows, INDArray weight, SlidingWindow window, Group group, PaddedImage image) {
    try (var ofGroup = group.columns(rows).dup('c');
        var product = Nd4jOperations.likeOf(rows, rows.size(0), group.channels())) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          Nd4jOperations.product(ofGroup, false, tap(weight, i, j, group), true, product);
          var pixels = image.under(i, j, group.firstChannel(), group.channels());
          pixels.addi(product.reshape('c', pixels.shape()));
        }
      }
    }
  }

  private static void correlate(
      INDArray input, INDArray gradient, SlidingWindow window, INDArray out) {
    var rows = Nd4jOperations.rows(gradient);
    try (var image = new PaddedImage(input, window, 0)) {
      for (var group : Group.of(input, out)) {
        correlate(image, rows, window, group, out);
      }
    }
  }

  private static void correlate(
      PaddedImage image, INDArray rows, SlidingWindow window, Group group, INDArray out) {
    try (var ofGroup = group.columns(rows).dup('c');
        var product = Nd4jOperations.likeOf(rows, group.channels(), group.filters())) {
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          try (var pixels = image.under(i, j, group.firstChannel(), group.channels()).dup('c')) {
            Nd4jOperations.product(Nd4jOperations.rows(pixels), true, ofGroup, false, product);
            tap(out, i, j, group).assign(product);
          }
        }
      }
    }
  }

  /** The weights {@code [channels, filters]} of a group at one position in the window, a view. */
  private static INDArray tap(INDArray weight, int i, int j, Group group) {
    var stride = weight.stride();
    return Nd4j.create(
        weight.data(),
        new long[] {group.channels(), group.filters()},
        new long[] {stride[2], stride[3]},
        weight.offset() + i * stride[0] + j * stride[1] + group.firstFilter() * stride[3],
        'c');
  }

  /** Channels and filters that meet each other alone; in most layers all of them. */
  private record Group(long firstChannel, long channels, long firstFilter, long filters) {

    static List<Group> of(INDArray image, INDArray weight) {
      var channels = weight.size(2);
      var groups = image.size(3) / channels;
      var filters = weight.size(3) / groups;
      return LongStream.range(0, groups)
          .mapToObj(group -> new Group(group * channels, channels, group * filters, filters))
          .toList();
    }

    /** The group's filters of a matrix {@code [rows, filters]}, a view. */
    INDArray columns(INDArray matrix) {
      var stride = matrix.stride();
      return Nd4j.create(
          matrix.data(),
          new long[] {matrix.size(0), filters},
          new long[] {stride[0], stride[1]},
          matrix.offset() + firstFilter * stride[1],
          'c');
    }
  }
}
