package org.pellucid.bench.contender;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.bench.work.ConvolutionWork;
import org.pellucid.bench.work.ElementwiseWork;
import org.pellucid.bench.work.ElementwiseWork.Kind;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.ProductWork;
import org.pellucid.bench.work.Workload;

/**
 * ND4J's own operations, each into an array that is there beforehand. It has no exact GELU. Whole
 * networks and explanations are left to others: nothing in ND4J runs them faster than its
 * convolution.
 */
final class Nd4jContender implements Contender {

  /** A call of an operation, and the arrays it works on. */
  private record ArrayTask(Runnable call, Supplier<INDArray> output, List<INDArray> arrays)
      implements Task {
    @Override
    public void run() {
      call.run();
    }

    @Override
    public float[] answer() {
      call.run();
      return output.get().dup('c').data().asFloat();
    }

    @Override
    public void close() {
      arrays.forEach(INDArray::close);
    }
  }

  @Override
  public String name() {
    return Contenders.ND4J;
  }

  @Override
  public Optional<Task> prepare(Workload workload) {
    return switch (workload) {
      case ConvolutionWork work -> Optional.of(convolution(work));
      case ProductWork work -> Optional.of(product(work));
      case ElementwiseWork work when work.kind() != Kind.GELU -> Optional.of(elementwise(work));
      default -> Optional.empty();
    };
  }

  private static INDArray array(float[] values, long... shape) {
    return Nd4j.createFromArray(values).reshape('c', shape);
  }

  private static Task convolution(ConvolutionWork work) {
    var side = work.side();
    var input = array(work.input(), work.batch(), work.channels(), side, side);
    var weight = array(work.weight(), work.filters(), work.channels(), 3, 3);
    var bias = array(work.bias(), work.filters());
    var gradient = array(work.gradient(), work.batch(), work.filters(), side, side);
    var output = Nd4j.createUninitialized(gradient.shape());
    var inputGradient = Nd4j.createUninitialized(input.shape());
    var weightGradient = Nd4j.createUninitialized(weight.shape());
    var biasGradient = Nd4j.createUninitialized(bias.shape());
    // Window, strides, padding, dilation; explicit padding; channels first; weights [K, C, 3, 3].
    var settings = new int[] {3, 3, 1, 1, 1, 1, 1, 1, 0, 0, 1};
    CustomOp operation =
        work.pass() == Pass.FORWARD
            ? DynamicCustomOp.builder("conv2d")
                .addInputs(input, weight, bias)
                .addOutputs(output)
                .addIntegerArguments(settings)
                .build()
            : DynamicCustomOp.builder("conv2d_bp")
                .addInputs(input, weight, bias, gradient)
                .addOutputs(inputGradient, weightGradient, biasGradient)
                .addIntegerArguments(settings)
                .build();
    return new ArrayTask(
        () -> Nd4j.exec(operation),
        () ->
            switch (work.pass()) {
              case FORWARD -> output;
              case GRADIENT -> inputGradient;
              case WEIGHTS -> weightGradient;
            },
        List.of(
            input, weight, bias, gradient, output, inputGradient, weightGradient, biasGradient));
  }

  private static Task product(ProductWork work) {
    var forward = work.pass() == Pass.FORWARD;
    var x = array(work.input(), work.rows(), forward ? work.inputs() : work.outputs());
    var weight = array(work.weight(), work.outputs(), work.inputs());
    var operand = forward ? weight.transpose() : weight;
    // In Fortran order, which spares mmul a copy.
    var out =
        Nd4j.createUninitialized(
            new long[] {work.rows(), forward ? work.outputs() : work.inputs()}, 'f');
    return new ArrayTask(() -> x.mmuli(operand, out), () -> out, List.of(x, weight, out));
  }

  private static Task elementwise(ElementwiseWork work) {
    var x = array(work.input(), work.rows(), work.columns());
    var other = array(work.other(), work.rows(), work.columns());
    var scale = array(work.scale(), work.columns());
    var shift = array(work.shift(), work.columns());
    var out = Nd4j.createUninitialized(x.shape());
    Runnable call =
        switch (work.kind()) {
          case ADD -> () -> x.addi(other, out);
          case RELU -> named("relu", List.of(x), out);
          case GELU -> throw new AssertionError("ND4J's GELUs are approximations.");
          case LAYER_NORM -> named("layer_norm", List.of(x, scale, shift), out);
          case SOFTMAX -> named("softmax", List.of(x), out);
        };
    return new ArrayTask(call, () -> out, List.of(x, other, scale, shift, out));
  }

  private static Runnable named(String name, List<INDArray> inputs, INDArray out) {
    var builder =
        DynamicCustomOp.builder(name).addInputs(inputs.toArray(INDArray[]::new)).addOutputs(out);
    switch (name) {
      case "relu" -> builder.addFloatingPointArguments(0.0);
      case "layer_norm" -> builder.addIntegerArguments(1).addBooleanArguments(true);
      default -> {}
    }
    var operation = builder.build();
    return () -> Nd4j.exec(operation);
  }

  @Override
  public void close() {}
}
