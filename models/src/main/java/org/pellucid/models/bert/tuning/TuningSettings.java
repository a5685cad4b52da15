package org.pellucid.models.bert.tuning;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.pellucid.models.bert.AdaptedProjection;
import org.pellucid.models.bert.DropoutRates;
import org.pellucid.models.bert.LowRankMatrices;

/**
 * How a model is tuned. Whatever is here is part of the result: the same settings give the same
 * bits.
 *
 * @param part what is trained
 * @param lowRank the adapter that is trained; without meaning for other parts
 * @param dropout what is dropped at random
 * @param schedule of the learning rate
 * @param weightDecay of AdamW, at least 0; shifts and scales of layer normalisations are left out
 * @param largestNorm to which the gradient is clipped, above 0; infinite for no clipping
 * @param batch examples that are computed at one time, at least 1
 * @param accumulate batches whose gradients make one step, at least 1
 * @param duration of the training
 * @param seed of the order of examples, of dropout and of new weights
 */
public record TuningSettings(
    TrainedPart part,
    LowRankMatrices.Settings lowRank,
    DropoutRates dropout,
    LearningRateSchedule schedule,
    double weightDecay,
    double largestNorm,
    int batch,
    int accumulate,
    Duration duration,
    long seed) {
  private static final double USUAL_DECAY = 0.01;

  /** How long a training lasts. */
  public sealed interface Duration {
    /** The number of steps, where that many steps go once through the examples. */
    long steps(long stepsPerEpoch);

    /**
     * Until all examples were seen a number of times.
     *
     * @param count at least 1
     */
    record Epochs(int count) implements Duration {
      /**
       * Checks the number.
       *
       * @throws IllegalArgumentException if it is below 1
       */
      public Epochs {
        check(count >= 1, "The number of epochs is %d, but must be at least 1", count);
      }

      @Override
      public long steps(long stepsPerEpoch) {
        return Math.multiplyExact(count, stepsPerEpoch);
      }
    }

    /**
     * A number of steps.
     *
     * @param count at least 1
     */
    record Steps(long count) implements Duration {
      /**
       * Checks the number.
       *
       * @throws IllegalArgumentException if it is below 1
       */
      public Steps {
        check(count >= 1, "The number of steps is %d, but must be at least 1", count);
      }

      @Override
      public long steps(long stepsPerEpoch) {
        return count;
      }
    }
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public TuningSettings {
    check(
        weightDecay >= 0 && Double.isFinite(weightDecay),
        "The weight decay is %s, but must be at least 0",
        weightDecay);
    check(largestNorm > 0, "The clipping norm is %s, but must be above 0", largestNorm);
    check(batch >= 1, "The batch is %d, but must be at least 1", batch);
    check(accumulate >= 1, "The batches of a step are %d, but must be at least 1", accumulate);
  }

  /** Usual settings for a part: two epochs, eight examples a step in two batches of four. */
  public static TuningSettings usual(TrainedPart part) {
    return new TuningSettings(
        part,
        LowRankMatrices.Settings.STANDARD,
        DropoutRates.STANDARD,
        new LearningRateSchedule.Linear(part.usualLearningRate(), 0.1),
        USUAL_DECAY,
        1,
        4,
        2,
        new Duration.Epochs(2),
        0);
  }

  /** The examples that one step is computed from; an epoch's last step may have fewer. */
  public int examplesPerStep() {
    return Math.multiplyExact(batch, accumulate);
  }

  /** The settings as words and numbers by name, in a fixed order. */
  public Map<String, Object> described() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("train", part.name().toLowerCase(Locale.ROOT));
    if (part == TrainedPart.ADAPTERS) {
      fields.put("rank", lowRank.rank());
      fields.put("alpha", lowRank.alpha());
      fields.put(
          "targets",
          lowRank.projections().stream()
              .sorted()
              .map(AdaptedProjection::title)
              .collect(Collectors.joining(",")));
    }
    fields.put("dropout", dropout.hidden());
    fields.put("attention dropout", dropout.attention());
    fields.put("schedule", name(schedule));
    fields.put("learning rate", schedule.peak());
    fields.put("warm-up", schedule.warmUp());
    fields.put("weight decay", weightDecay);
    fields.put("clip", Double.isInfinite(largestNorm) ? "none" : largestNorm);
    fields.put("batch", batch);
    fields.put("accumulate", accumulate);
    switch (duration) {
      case Duration.Epochs(var count) -> fields.put("epochs", count);
      case Duration.Steps(var count) -> fields.put("steps", count);
    }
    fields.put("seed", seed);
    return fields;
  }

  private static String name(LearningRateSchedule schedule) {
    return switch (schedule) {
      case LearningRateSchedule.Linear _ -> "linear";
      case LearningRateSchedule.Constant _ -> "constant";
    };
  }
}
