package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.ParameterType;

/** The standard deviation of the noise that is added to an input. */
public sealed interface NoiseLevel {
  /** {@code σ = 0.15 · (max − min)}, as the SmoothGrad paper recommends. */
  NoiseLevel STANDARD = new OfRange(0.15);

  /** The level's forms on the command line. */
  ParameterType<NoiseLevel> TYPE =
      new ParameterType<>(
          "a number from 0 on in input units, range:F for F times the input's range, or homework",
          NoiseLevel::parse,
          NoiseLevel::plain);

  /**
   * The same for every input.
   *
   * @param sigma in input units, from 0 on
   */
  record Absolute(double sigma) implements NoiseLevel {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if sigma is negative or not finite
     */
    public Absolute {
      check(
          sigma >= 0 && Double.isFinite(sigma),
          "The noise's sigma is %s, but must be a number from 0 on",
          sigma);
    }
  }

  /**
   * A part of the input's range.
   *
   * @param fraction of the difference between largest and smallest value, from 0 on
   */
  record OfRange(double fraction) implements NoiseLevel {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the fraction is negative or not finite
     */
    public OfRange {
      check(
          fraction >= 0 && Double.isFinite(fraction),
          "The noise's sigma is %s times the range, but must be a number from 0 on",
          fraction);
    }
  }

  /** The homework's {@code σ = (0.4 / (max − min))²}. */
  record Homework() implements NoiseLevel {
    private static final double MULTIPLIER = 0.4;
  }

  /**
   * The standard deviation for an input, in its units.
   *
   * @throws IllegalArgumentException if the homework's formula meets an input of one value
   */
  default double deviation(Values input) {
    var range = (double) input.max() - input.min();
    return switch (this) {
      case Absolute absolute -> absolute.sigma();
      case OfRange relative -> relative.fraction() * range;
      case Homework _ -> {
        check(
            range > 0,
            "The homework's SmoothGrad divides by the image's range, but this image is of one"
                + " value");
        yield Math.pow(Homework.MULTIPLIER / range, 2);
      }
    };
  }

  /** How strong the noise is and what that is measured by, in words. */
  default String words() {
    return switch (this) {
      case Absolute absolute -> "noise of %s".formatted(absolute.sigma());
      case OfRange relative -> "noise of %s times the range".formatted(relative.fraction());
      case Homework _ -> "the homework's noise";
    };
  }

  private static Optional<NoiseLevel> parse(String text) {
    if (text.equals("homework")) {
      return Optional.of(new Homework());
    }
    var relative = text.startsWith("range:");
    return ParameterType.number(0, Double.MAX_VALUE)
        .reader()
        .apply(relative ? text.substring("range:".length()) : text)
        .map(number -> relative ? new OfRange(number) : new Absolute(number));
  }

  private static Object plain(NoiseLevel level) {
    return switch (level) {
      case Absolute absolute -> absolute.sigma();
      case OfRange relative -> "range:" + relative.fraction();
      case Homework _ -> "homework";
    };
  }
}
