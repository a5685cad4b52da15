package org.pellucid.explain.attribution;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.Concatenate;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Normalise;
import org.pellucid.engine.ops.Pad;
import org.pellucid.engine.ops.Select;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.BackwardRules;

/**
 * AttnLRP's rules as changed gradients, see {@link PropagationRules}: with {@code g} for an output
 * {@code y}, the output's relevance is {@code y · g}, and an input's {@code x} times what it is
 * passed.
 *
 * @param absorbed receives what each operation's constant terms keep of the relevance, if anybody
 *     wants to know
 */
record AttentionRelevanceRules(Optional<DoubleConsumer> absorbed) implements BackwardRules {
  private static final String TITLE = "AttnLRP";
  private static final List<Class<? extends Operation>> WITH_BIAS =
      List.of(Linear.class, Convolution2d.class);
  private static final List<Class<? extends Operation>> WITH_CONSTANT =
      List.of(
          BatchNorm.class, Normalise.class, Add.class, Concatenate.class, Select.class, Pad.class);

  @Override
  public void install(Tape tape) {
    PropagationRules.THROUGH_ZERO.forEach(
        kind -> tape.replaceBackward(kind, (_, step) -> passOn(step)));
    PropagationRules.NOT_THROUGH_ZERO.forEach(
        kind -> tape.replaceBackward(kind, (_, step) -> ownAndRest(step)));
    PropagationRules.EXPANDED.forEach(
        kind -> tape.replaceBackward(kind, (_, step) -> ownAndRest(step)));
    tape.replaceBackward(org.pellucid.engine.ops.Elementwise.class, this::function);
    WITH_BIAS.forEach(kind -> tape.replaceBackward(kind, (_, step) -> ownAndBias(step)));
    WITH_CONSTANT.forEach(kind -> tape.replaceBackward(kind, (_, step) -> ownAndRest(step)));
    ProductRules.KINDS.forEach(
        kind -> tape.replaceBackward(kind, AttentionRelevanceRules::multiply));
    tape.replaceBackward(LayerNorm.class, this::normalise);
  }

  private static void passOn(Backward step) {
    step.add(0, PropagationRules.passedOn(step));
  }

  private void function(org.pellucid.engine.ops.Elementwise operation, Backward step) {
    if (PropagationRules.isThroughZero(TITLE, operation, step)) {
      passOn(step);
    } else {
      ownAndRest(step);
    }
  }

  private static void multiply(Operation product, Backward step) {
    if (!ProductRules.isOfTwo(step)) {
      ProductRules.addAll(step, step.gradient());
      return;
    }
    var shares = ProductRules.shares(product, step, false);
    addAll(step, PropagationRules.own(step, step.gradient(), shares));
  }

  private static void addAll(Backward step, List<Optional<Tensor>> contributions) {
    for (var index = 0; index < contributions.size(); index++) {
      var position = index;
      contributions.get(index).ifPresent(contribution -> step.add(position, contribution));
    }
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
    addAll(step, own);
  }

  /** A mask may be infinite, and what it hides has no gradient. */
  private static double dot(Tensor numbers, Tensor gradient) {
    var a = numbers.toDoubles();
    var b = gradient.toDoubles();
    var sum = 0.0;
    for (var i = 0; i < a.length; i++) {
      sum += b[i] == 0 ? 0 : a[i] * b[i];
    }
    return sum;
  }

  /** {@code β} is absorbed. */
  private void normalise(LayerNorm norm, Backward step) {
    absorbed.ifPresent(receiver -> receiver.accept(alongLastAxis(step.input(2), step)));
    step.add(0, PropagationRules.normalised(norm, step, step.gradient()));
  }
}
