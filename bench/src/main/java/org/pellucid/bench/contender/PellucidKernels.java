package org.pellucid.bench.contender;

import java.util.List;
import java.util.Optional;
import org.pellucid.bench.work.ConvolutionWork;
import org.pellucid.bench.work.ElementwiseWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.ProductWork;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** Single kernels of this project, on tensors that are there beforehand as in a steady state. */
final class PellucidKernels {
  private PellucidKernels() {}

  static Task convolution(Kernels kernels, ConvolutionWork work) {
    var side = work.side();
    var window = SlidingWindow.square(ConvolutionWork.WINDOW, 1, 1);
    var input = Layout.images(work.input(), work.batch(), work.channels(), side, side);
    var weight =
        Layout.weight(work.weight(), work.filters(), work.channels(), ConvolutionWork.WINDOW);
    var bias = Tensor.of(work.bias(), work.filters());
    var gradient = Layout.images(work.gradient(), work.batch(), work.filters(), side, side);
    var out =
        Tensor.uninitialised(
            ElementType.FLOAT32,
            switch (work.pass()) {
              case FORWARD -> gradient.shape();
              case GRADIENT -> input.shape();
              case WEIGHTS -> weight.shape();
            });
    Runnable call =
        switch (work.pass()) {
          case FORWARD ->
              () ->
                  kernels
                      .convolutions()
                      .forward(input, weight, Optional.of(bias), window, Rectifier.NONE, out);
          case GRADIENT ->
              () ->
                  kernels
                      .convolutions()
                      .inputGradient(gradient, Optional.empty(), weight, window, out);
          case WEIGHTS -> () -> kernels.convolutions().weightGradient(input, gradient, window, out);
        };
    return new KernelTask(
        call,
        () -> work.pass() == Pass.WEIGHTS ? Layout.filtersFirst(out) : Layout.channelsFirst(out),
        List.of(input, weight, bias, gradient, out));
  }

  static Task product(Kernels kernels, ProductWork work) {
    var forward = work.pass() == Pass.FORWARD;
    var x = Tensor.of(work.input(), work.rows(), forward ? work.inputs() : work.outputs());
    var weight = Tensor.of(work.weight(), work.outputs(), work.inputs());
    var out =
        Tensor.uninitialised(
            ElementType.FLOAT32, work.rows(), forward ? work.outputs() : work.inputs());
    return new KernelTask(
        () -> kernels.products().matmul(x, false, weight, forward, out),
        out::toFloats,
        List.of(x, weight, out));
  }

  static Task elementwise(Kernels kernels, ElementwiseWork work) {
    var rows = work.rows();
    var columns = work.columns();
    var x = Tensor.of(work.input(), rows, columns);
    var other = Tensor.of(work.other(), rows, columns);
    var scale = Tensor.of(work.scale(), columns);
    var shift = Tensor.of(work.shift(), columns);
    var normalised = Tensor.uninitialised(ElementType.FLOAT32, rows, columns);
    var deviation = Tensor.uninitialised(ElementType.FLOAT32, rows, 1);
    var out = Tensor.uninitialised(ElementType.FLOAT32, rows, columns);
    Runnable call =
        switch (work.kind()) {
          case ADD -> () -> kernels.arithmetic().add(x, other, out);
          case RELU -> () -> kernels.activations().relu(x, out);
          case GELU -> () -> kernels.activations().gelu(x, out);
          case LAYER_NORM ->
              () ->
                  kernels
                      .layerNorm()
                      .forward(
                          x, scale, shift, ElementwiseWork.EPSILON, normalised, deviation, out);
          case SOFTMAX -> () -> kernels.softmax().forward(x, 1, Optional.empty(), out);
        };
    return new KernelTask(
        call, out::toFloats, List.of(x, other, scale, shift, normalised, deviation, out));
  }
}
