package org.pellucid.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.LayerNorm;
import java.util.List;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.work.ConvolutionWork;
import org.pellucid.bench.work.ElementwiseWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.ProductWork;

/** Single operations of PyTorch. */
final class DjlKernels {
  private static final Shape ONE = new Shape(1, 1);

  private DjlKernels() {}

  static Task convolution(NDManager owner, ConvolutionWork work) {
    var side = work.side();
    var input = owner.create(work.input(), new Shape(work.batch(), work.channels(), side, side));
    var weight = owner.create(work.weight(), new Shape(work.filters(), work.channels(), 3, 3));
    var bias = owner.create(work.bias());
    var gradient =
        owner.create(work.gradient(), new Shape(work.batch(), work.filters(), side, side));
    return switch (work.pass()) {
      case FORWARD ->
          new ArrayTask(
              owner,
              scope -> {
                input.tempAttach(scope);
                return List.of(convolved(input, weight, bias));
              });
      case GRADIENT -> new BackwardTask(owner, input, x -> convolved(x, weight, bias), gradient);
      case WEIGHTS -> new BackwardTask(owner, weight, w -> convolved(input, w, bias), gradient);
    };
  }

  private static NDArray convolved(NDArray input, NDArray weight, NDArray bias) {
    return Conv2d.conv2d(input, weight, bias, ONE, ONE).singletonOrThrow();
  }

  static Task product(NDManager owner, ProductWork work) {
    var forward = work.pass() == Pass.FORWARD;
    var columns = forward ? work.inputs() : work.outputs();
    var x = owner.create(work.input(), new Shape(work.rows(), columns));
    var weight = owner.create(work.weight(), new Shape(work.outputs(), work.inputs()));
    var operand = forward ? weight.transpose() : weight;
    return new ArrayTask(
        owner,
        scope -> {
          x.tempAttach(scope);
          return List.of(x.matMul(operand));
        });
  }

  static Task elementwise(NDManager owner, ElementwiseWork work) {
    var shape = new Shape(work.rows(), work.columns());
    var x = owner.create(work.input(), shape);
    var other = owner.create(work.other(), shape);
    var scale = owner.create(work.scale());
    var shift = owner.create(work.shift());
    var row = new Shape(work.columns());
    return new ArrayTask(
        owner,
        scope -> {
          x.tempAttach(scope);
          return List.of(
              switch (work.kind()) {
                case ADD -> x.add(other);
                case RELU -> Activation.relu(x);
                case GELU -> Activation.gelu(x);
                case LAYER_NORM ->
                    LayerNorm.layerNorm(x, row, scale, shift, (float) ElementwiseWork.EPSILON)
                        .singletonOrThrow();
                case SOFTMAX -> x.softmax(-1);
              });
        });
  }
}
