package org.pellucid.engine.optim;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.engine.Engine;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019), {@code p ← p − r · d · p} and
 * then {@link Adam}'s step without decay, where {@code r} is the step size and {@code d} the decay.
 *
 * <p>Step size and gradients are given anew for each step, so that a schedule may change the one
 * and clipping the others. It owns the moments and gives them back on {@link #close()}.
 */
public final class AdamW implements AutoCloseable {
  private final Engine engine;
  private final AdamSettings settings;
  private final List<Parameter> parameters;
  private final List<Tensor> firstMoments = new ArrayList<>();
  private final List<Tensor> secondMoments = new ArrayList<>();
  private long steps;

  /**
   * A tensor that the optimiser changes in place.
   *
   * @param decays whether weight decay concerns it; shifts and scales of normalisations are usually
   *     left out
   */
  public record Parameter(Tensor tensor, boolean decays) {}

  /**
   * An optimiser that has taken no step yet.
   *
   * @param settings whose weight decay is the decoupled one, and whose learning rate each step
   *     replaces
   * @throws IllegalArgumentException if there are no parameters
   */
  public AdamW(Engine engine, AdamSettings settings, List<Parameter> parameters) {
    check(!parameters.isEmpty(), "AdamW needs a parameter to change");
    this.engine = engine;
    this.settings = settings;
    this.parameters = List.copyOf(parameters);
    for (var parameter : parameters) {
      var tensor = parameter.tensor();
      firstMoments.add(Tensor.zeros(tensor.type(), tensor.shape()));
      secondMoments.add(Tensor.zeros(tensor.type(), tensor.shape()));
    }
  }

  /**
   * Takes one step that makes the result smaller whose gradients are given.
   *
   * @param gradients of the parameters, in their order and of their shapes
   * @param learningRate the step size
   * @throws IllegalArgumentException if the gradients don't fit or the step size is negative
   */
  public void step(List<Tensor> gradients, double learningRate) {
    check(
        gradients.size() == parameters.size(),
        "%d gradients were given for %d parameters",
        gradients.size(),
        parameters.size());
    var undecayed =
        new AdamSettings(learningRate, settings.beta1(), settings.beta2(), settings.epsilon(), 0);
    for (var i = 0; i < parameters.size(); i++) {
      Shapes.checkShape("A gradient", gradients.get(i), parameters.get(i).tensor().shape());
    }
    steps++;
    for (var i = 0; i < parameters.size(); i++) {
      var tensor = parameters.get(i).tensor();
      var kernels = engine.kernels().forType(tensor.type());
      if (parameters.get(i).decays() && settings.weightDecay() > 0) {
        kernels.arithmetic().scale(tensor, 1 - learningRate * settings.weightDecay(), tensor);
      }
      kernels
          .training()
          .adam(
              gradients.get(i),
              undecayed,
              steps,
              firstMoments.get(i),
              secondMoments.get(i),
              tensor);
      tensor.changed();
    }
  }

  /** The number of steps taken. */
  public long steps() {
    return steps;
  }

  /** The running means of the gradients, in the order of the parameters. */
  public List<Tensor> firstMoments() {
    return List.copyOf(firstMoments);
  }

  /** The running means of the gradients' squares, in the order of the parameters. */
  public List<Tensor> secondMoments() {
    return List.copyOf(secondMoments);
  }

  /**
   * Goes on after a number of steps that were taken before; the caller writes the moments of that
   * time into {@link #firstMoments} and {@link #secondMoments}.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public void resumeAfter(long stepsTaken) {
    check(stepsTaken >= 0, "%d steps can't have been taken", stepsTaken);
    steps = stepsTaken;
  }

  @Override
  public void close() {
    firstMoments.forEach(Tensor::close);
    secondMoments.forEach(Tensor::close);
  }
}
