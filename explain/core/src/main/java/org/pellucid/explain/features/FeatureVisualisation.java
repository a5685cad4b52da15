package org.pellucid.explain.features;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.optim.Adam;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;

/**
 * Images made from nothing so that features of a layer become large: gradient ascent by Adam on the
 * frequencies of images, which each step sees a little shifted, scaled and turned.
 *
 * <p>The images of several objectives are made side by side, in batches that fit the memory; an
 * image depends on its objective, its seed and these settings alone.
 *
 * @param iterations the number of steps
 * @param learningRate the size of a step
 * @param views what each step sees of the images
 * @param diversity how much images of one call repel each other; 0 for not at all, 1 if being all
 *     alike should weigh as much as the objective
 * @see "C. Olah, A. Mordvintsev and L. Schubert: Feature visualization, Distill 2017"
 */
public record FeatureVisualisation(
    int iterations, double learningRate, RandomViews views, double diversity) {
  private static final int STEPS_THROUGH_RELU = 16;

  /**
   * An image with the objective before the first step and after the last.
   *
   * @param image {@code [channels, height, width]} in 0..1
   */
  public record Visualised(FeatureObjective objective, Values image, double before, double after) {}

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  public FeatureVisualisation {
    check(iterations >= 0, "%d iterations can't be taken", iterations);
    check(learningRate > 0, "The learning rate is %s, but must be above 0", learningRate);
    check(diversity >= 0, "The diversity is %s, but must be from 0 on", diversity);
  }

  /** The usual settings for images of a side: 128 steps of 0.05. */
  public static FeatureVisualisation standard(long side) {
    return new FeatureVisualisation(128, 0.05, RandomViews.standard(side), 0);
  }

  /** These settings with another number of steps. */
  public FeatureVisualisation withIterations(int other) {
    return new FeatureVisualisation(other, learningRate, views, diversity);
  }

  /** These settings with another size of a step. */
  public FeatureVisualisation withLearningRate(double other) {
    return new FeatureVisualisation(iterations, other, views, diversity);
  }

  /** These settings with images that repel each other. */
  public FeatureVisualisation withDiversity(double other) {
    return new FeatureVisualisation(iterations, learningRate, views, other);
  }

  /**
   * Makes an image for each objective. The random numbers of the n-th follow from the seed plus n.
   *
   * @param layer whose output the objectives are of
   * @throws IllegalArgumentException if the model takes no images {@code [channels, height,
   *     width]}, has no such layer or the layer not what an objective asks for, or if images that
   *     repel each other don't fit into memory together
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public List<Visualised> of(
      Evaluator evaluator, String layer, List<FeatureObjective> objectives, RunOptions options) {
    var shape = evaluator.model().inputShape();
    check(shape.length == 3, "Features are visualised as images, but the model takes none");
    var capacity = evaluator.batchSize(options, true);
    check(
        diversity == 0 || objectives.size() <= capacity,
        "%d images that repel each other don't fit into memory; the most are %d",
        objectives.size(),
        capacity);
    var made = new ArrayList<Visualised>();
    var work = objectives.size() * iterations;
    try (var images = new FourierImages(evaluator.engine(), evaluator.model().type(), shape)) {
      for (var first = 0; first < objectives.size(); first += capacity) {
        var some = objectives.subList(first, Math.min(objectives.size(), first + capacity));
        var randoms = randoms(options.seed() + first, some.size());
        var done = first * iterations;
        made.addAll(
            new Ascent(evaluator, layer, some, images, randoms)
                .run(step -> options.progress().step(done + step * some.size(), work)));
      }
    }
    options.progress().step(work, work);
    return List.copyOf(made);
  }

  private static SplittableRandom[] randoms(long seed, int count) {
    var randoms = new SplittableRandom[count];
    for (var i = 0; i < count; i++) {
      randoms[i] = new SplittableRandom(seed + i);
    }
    return randoms;
  }

  /** The steps of one batch of images. */
  private final class Ascent {
    private final Evaluator evaluator;
    private final String layer;
    private final List<FeatureObjective> objectives;
    private final FourierImages images;
    private final SplittableRandom[] randoms;

    Ascent(
        Evaluator evaluator,
        String layer,
        List<FeatureObjective> objectives,
        FourierImages images,
        SplittableRandom[] randoms) {
      this.evaluator = evaluator;
      this.layer = layer;
      this.objectives = objectives;
      this.images = images;
      this.randoms = randoms;
    }

    List<Visualised> run(IntConsumer progress) {
      var shape = evaluator.model().inputShape();
      try (var amplitudes =
              evaluator
                  .engine()
                  .memory()
                  .allocate(
                      evaluator.model().type(), objectives.size(), shape[0], shape[1], shape[2]);
          var adam =
              new Adam(evaluator.engine(), AdamSettings.of(learningRate), List.of(amplitudes))) {
        amplitudes.set(images.first(randoms));
        var before = measure(amplitudes);
        for (var step = 0; step < iterations; step++) {
          progress.accept(step);
          climb(amplitudes, adam, step < STEPS_THROUGH_RELU);
        }
        return visualised(amplitudes, before, measure(amplitudes));
      }
    }

    /**
     * A unit that is silent at first would have no gradient: a ReLU lets the first steps through.
     */
    private void climb(Tensor amplitudes, Adam adam, boolean throughRelu) {
      try (var tape = new Tape(evaluator.engine())) {
        if (throughRelu) {
          tape.replaceBackward(layer::equals, Relu.class, (_, step) -> step.passOn(0));
        }
        tape.watch(amplitudes);
        var seen = views.apply(tape, images.apply(tape, amplitudes), randoms);
        var features = new LayerFeatures(evaluator, tape, layer, objectives, seen);
        adam.step(tape.gradient(Scale.apply(tape, features.total(diversity), -1), amplitudes));
      }
    }

    private double[] measure(Tensor amplitudes) {
      try (var tape = new Tape(evaluator.engine())) {
        return new LayerFeatures(evaluator, tape, layer, objectives, images.apply(tape, amplitudes))
            .each();
      }
    }

    private List<Visualised> visualised(Tensor amplitudes, double[] before, double[] after) {
      try (var tape = new Tape(evaluator.engine())) {
        var pixels = LayerFeatures.channelsFirst(tape, images.apply(tape, amplitudes)).toFloats();
        var shape = evaluator.model().inputShape();
        var size = pixels.length / objectives.size();
        var made = new ArrayList<Visualised>();
        for (var i = 0; i < objectives.size(); i++) {
          var image = Arrays.copyOfRange(pixels, i * size, (i + 1) * size);
          made.add(new Visualised(objectives.get(i), Values.of(image, shape), before[i], after[i]));
        }
        return made;
      }
    }
  }
}
