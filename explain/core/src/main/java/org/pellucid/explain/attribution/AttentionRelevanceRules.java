package org.pellucid.explain.attribution;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.Elu;
import org.pellucid.engine.ops.Exp;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.HardSigmoid;
import org.pellucid.engine.ops.HardSwish;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.LeakyRelu;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Log;
import org.pellucid.engine.ops.LogSoftmax;
import org.pellucid.engine.ops.Normalise;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Silu;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.ops.TanhGelu;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.BackwardRules;

/**
 * AttnLRP's rules as changed gradients: with {@code g} for an output {@code y}, the output's
 * relevance is {@code y · g}, and an input's {@code x} times what it is passed.
 *
 * <ul>
 *   <li>A product of two activations passes half of its own gradient to each factor, so that each
 *       gets half of the relevance: the uniform rule, {@link ProductRules#halve}.
 *   <li>A layer normalisation's deviation counts as a constant: what is left is linear.
 *   <li>An activation with {@code f(0) = 0} passes its relevance on, {@code g · y / x}.
 *   <li>Softmax, and other functions that are not 0 at 0, keep their own gradient: their Taylor
 *       expansion at the input. The rest of their output is absorbed, as biases absorb theirs.
 *   <li>Linear operations keep their own gradient, which is the rule ε with {@code ε → 0}.
 * </ul>
 *
 * @param absorbed receives what each operation's constant terms keep of the relevance, if anybody
 *     wants to know
 */
record AttentionRelevanceRules(Optional<DoubleConsumer> absorbed) implements BackwardRules {
  private static final double SMALLEST = 1e-10;
  private static final List<Class<? extends Operation>> ACTIVATIONS =
      List.of(
          Relu.class,
          LeakyRelu.class,
          Relu6.class,
          Elu.class,
          Gelu.class,
          TanhGelu.class,
          Silu.class,
          HardSwish.class,
          Tanh.class);
  private static final List<Class<? extends Operation>> WITH_BIAS =
      List.of(Linear.class, Convolution2d.class);
  private static final List<Class<? extends Operation>> WITH_CONSTANT =
      List.of(
          Softmax.class,
          LogSoftmax.class,
          Sigmoid.class,
          HardSigmoid.class,
          Exp.class,
          Log.class,
          BatchNorm.class,
          Normalise.class,
          Add.class);

  @Override
  public void install(Tape tape) {
    ACTIVATIONS.forEach(kind -> tape.replaceBackward(kind, (_, step) -> passOn(step)));
    WITH_BIAS.forEach(kind -> tape.replaceBackward(kind, (_, step) -> ownAndBias(step)));
    WITH_CONSTANT.forEach(kind -> tape.replaceBackward(kind, (_, step) -> ownAndRest(step)));
    ProductRules.KINDS.forEach(
        kind -> tape.replaceBackward(kind, (_, step) -> ProductRules.halve(step)));
    tape.replaceBackward(LayerNorm.class, this::normalise);
  }

  private static void passOn(Backward step) {
    var own = step.own(step.gradient()).getFirst().orElseThrow();
    var result = step.allocate(own.shape());
    Elementwise.apply(
        step.engine(),
        Math.toIntExact(result.size(0)),
        (inputs, numbers) -> {
          for (var i = 0; i < numbers.length; i++) {
            numbers[i] =
                Math.abs(inputs[0][i]) < SMALLEST
                    ? inputs[3][i]
                    : inputs[2][i] * inputs[1][i] / inputs[0][i];
          }
        },
        result,
        step.input(0),
        step.output(),
        step.gradient(),
        own);
    step.add(0, result);
  }

  /** The bias is the third input, one number for each of the output's last places. */
  private void ownAndBias(Backward step) {
    absorbed.ifPresent(receiver -> receiver.accept(alongLastAxis(step.input(2), step)));
    ProductRules.addAll(step, step.gradient());
  }

  /** What numbers that are added to the last axis of the output keep. */
  private static double alongLastAxis(Tensor numbers, Backward step) {
    var added = numbers.toDoubles();
    var gradient = step.gradient().toDoubles();
    var share = 0.0;
    for (var i = 0; i < gradient.length; i++) {
      share += added[i % added.length] * gradient[i];
    }
    return share;
  }

  /** What the output has beside the inputs times their gradients. */
  private void ownAndRest(Backward step) {
    var own = step.own(step.gradient());
    absorbed.ifPresent(
        receiver -> {
          var rest = dot(step.output(), step.gradient());
          for (var index = 0; index < own.size(); index++) {
            var input = step.input(index);
            rest -= own.get(index).map(gradient -> dot(input, gradient)).orElse(0.0);
          }
          receiver.accept(rest);
        });
    for (var index = 0; index < own.size(); index++) {
      var position = index;
      own.get(index).ifPresent(contribution -> step.add(position, contribution));
    }
  }

  private static double dot(Tensor first, Tensor second) {
    var a = first.toDoubles();
    var b = second.toDoubles();
    var sum = 0.0;
    for (var i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** {@code y = γ · (x − μ) · d + β} with a constant {@code d}; {@code β} is absorbed. */
  private void normalise(LayerNorm norm, Backward step) {
    var gamma = step.input(1).toDoubles();
    var result = step.allocate(step.gradient().shape());
    var size = gamma.length;
    Elementwise.apply(
        step.engine(),
        Math.toIntExact(result.elements() / size),
        (inputs, numbers) -> {
          var variance = meanSquare(centred(inputs[0], 0, size));
          var inverse = 1 / Math.sqrt(variance + norm.epsilon());
          for (var i = 0; i < size; i++) {
            numbers[i] = inputs[1][i] * gamma[i] * inverse;
          }
          System.arraycopy(centred(numbers, 0, size), 0, numbers, 0, size);
        },
        result,
        step.input(0),
        step.gradient());
    absorbed.ifPresent(receiver -> receiver.accept(alongLastAxis(step.input(2), step)));
    step.add(0, result);
  }

  private static double[] centred(double[] x, int from, int size) {
    var mean = 0.0;
    for (var i = 0; i < size; i++) {
      mean += x[from + i] / size;
    }
    var centred = new double[size];
    for (var i = 0; i < size; i++) {
      centred[i] = x[from + i] - mean;
    }
    return centred;
  }

  private static double meanSquare(double[] numbers) {
    var sum = 0.0;
    for (var number : numbers) {
      sum += number * number;
    }
    return sum / numbers.length;
  }
}
