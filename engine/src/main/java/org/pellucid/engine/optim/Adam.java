package org.pellucid.engine.optim;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Gradients;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.tensor.Tensor;

/**
 * Adam, the optimiser of Kingma and Ba (2015), over a fixed list of tensors that it changes in
 * place. It owns the moments and gives them back on {@link #close()}.
 */
public final class Adam implements AutoCloseable {
  private final Engine engine;
  private final AdamSettings settings;
  private final List<Tensor> parameters;
  private final List<Tensor> firstMoments = new ArrayList<>();
  private final List<Tensor> secondMoments = new ArrayList<>();
  private long steps;

  /**
   * An optimiser that has taken no step yet.
   *
   * @throws IllegalArgumentException if there are no parameters
   */
  public Adam(Engine engine, AdamSettings settings, List<Tensor> parameters) {
    check(!parameters.isEmpty(), "Adam needs a parameter to change");
    this.engine = engine;
    this.settings = settings;
    this.parameters = List.copyOf(parameters);
    for (var parameter : parameters) {
      firstMoments.add(Tensor.zeros(parameter.type(), parameter.shape()));
      secondMoments.add(Tensor.zeros(parameter.type(), parameter.shape()));
    }
  }

  /**
   * Takes one step that makes the result smaller whose gradients are given.
   *
   * @throws IllegalArgumentException if a parameter's gradient wasn't asked for
   */
  public void step(Gradients gradients) {
    steps++;
    for (var i = 0; i < parameters.size(); i++) {
      var parameter = parameters.get(i);
      engine
          .kernels()
          .forType(parameter.type())
          .training()
          .adam(
              gradients.of(parameter),
              settings,
              steps,
              firstMoments.get(i),
              secondMoments.get(i),
              parameter);
      parameter.changed();
    }
  }

  /** The number of steps taken. */
  public long steps() {
    return steps;
  }

  @Override
  public void close() {
    firstMoments.forEach(Tensor::close);
    secondMoments.forEach(Tensor::close);
  }
}
