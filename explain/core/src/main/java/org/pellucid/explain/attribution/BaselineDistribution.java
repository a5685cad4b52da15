package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.ParameterValues;

/**
 * The mean map of a method over several baselines, so that no single choice of them decides
 * (expected gradients: Erion et al., 2021).
 *
 * @param around the method that measures from a baseline
 * @param baselines at least one
 */
public record BaselineDistribution(BaselineMethod around, List<Baseline> baselines)
    implements GradientMethod {

  /**
   * Copies the baselines.
   *
   * @throws IllegalArgumentException if there are none
   */
  public BaselineDistribution {
    check(!baselines.isEmpty(), "A distribution of baselines needs at least one");
    baselines = List.copyOf(baselines);
  }

  @Override
  public MethodDescriptor descriptor() {
    return around.descriptor();
  }

  @Override
  public String name() {
    return "expected-" + around.name();
  }

  @Override
  public String title() {
    return "%s over %d baselines".formatted(around.title(), baselines.size());
  }

  @Override
  public ParameterValues parameters() {
    return around.parameters();
  }

  @Override
  public long[] mapShape(Evaluator evaluator) {
    return around.mapShape(evaluator);
  }

  /** The method with the baseline of a number; each draws noise of its own. */
  private void each(RunOptions options, BaselineRun run) {
    for (var number = 0; number < baselines.size(); number++) {
      run.accept(
          around.withBaseline(baselines.get(number)), options.withSeed(options.seed() + number));
    }
  }

  private interface BaselineRun {
    void accept(GradientMethod method, RunOptions options);
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    var moments = new Moments[count];
    for (var number = 0; number < count; number++) {
      moments[number] = new Moments(mapShape(evaluator));
    }
    each(
        options,
        (method, own) ->
            method.maps(
                evaluator,
                count,
                inputs,
                target,
                own,
                (number, map, offset) -> moments[number].add(map, offset, false)));
    for (var number = 0; number < count; number++) {
      var mean = moments[number].statistic(SmoothGrad.Statistic.MEAN, baselines.size());
      receiver.accept(number, mean, 0);
    }
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var moments = new Moments(mapShape(evaluator));
    var delta = new double[1];
    each(
        options,
        (method, own) -> {
          var single = method.explain(evaluator, input, target, own);
          var map = new double[single.values().length()];
          for (var i = 0; i < map.length; i++) {
            map[i] = single.values().get(i);
          }
          moments.add(map, 0, false);
          delta[0] += single.quality("convergenceDelta").orElse(Double.NaN) / baselines.size();
        });
    if (!Double.isNaN(delta[0])) {
      explanation.quality(
          "convergenceDelta",
          delta[0],
          "The mean over the baselines of how far the attributions miss the score's difference.");
    }
    var mean = moments.statistic(SmoothGrad.Statistic.MEAN, baselines.size());
    return explanation.end(Values.of(mean, mapShape(evaluator)));
  }
}
