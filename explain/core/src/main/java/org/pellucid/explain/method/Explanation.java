package org.pellucid.explain.method;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;

/**
 * The result of a method: its values, unnormalised, with everything needed to understand and repeat
 * it. Two explanations are equal if all but the time is.
 *
 * @param method the name of the result, such as {@code integrated-gradients}
 * @param values shaped like the input, or {@code [height, width]} for a map without channels, as of
 *     an image that has one channel only
 * @param display how the values are drawn
 * @param target what was explained
 * @param outputs of the model for the input, {@code [outputs]}
 * @param parameters the method's parameters by name, in order
 * @param seed of the random numbers; methods without any ignore it
 * @param drawn the number of random numbers that it drew from a sequence over many inputs; 0 for
 *     most methods
 * @param quality figures on how far to trust it
 * @param details further results by name, such as the superpixels that coefficients belong to
 * @param seconds the time it took
 */
public record Explanation(
    String method,
    Values values,
    Display display,
    Target target,
    Values outputs,
    Map<String, Object> parameters,
    long seed,
    long drawn,
    List<Quality> quality,
    Map<String, Values> details,
    double seconds) {

  /** Copies the collections. */
  public Explanation {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    quality = List.copyOf(quality);
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  /** The output with the largest value, such as the predicted class. */
  public int predicted() {
    return outputs.indexOfLargest();
  }

  /** A quality figure by its name, if there is one. */
  public OptionalDouble quality(String name) {
    return quality.stream()
        .filter(figure -> figure.name().equals(name))
        .mapToDouble(Quality::value)
        .findFirst();
  }

  /** A quality figure by its name with all that belongs to it, if there is one. */
  public Optional<Quality> figure(String name) {
    return quality.stream().filter(figure -> figure.name().equals(name)).findFirst();
  }

  /** This explanation with one more quality figure. */
  public Explanation with(Quality figure) {
    var figures = new ArrayList<>(quality);
    figures.add(figure);
    return new Explanation(
        method,
        values,
        display,
        target,
        outputs,
        parameters,
        seed,
        drawn,
        figures,
        details,
        seconds);
  }

  /**
   * Writes {@code DIRECTORY/NAME.npy} with the values, {@code NAME.DETAIL.npy} for each detail, and
   * {@code NAME.json} with everything else; each appears under its name only when it is whole.
   *
   * @throws java.io.UncheckedIOException if a file can't be written
   */
  public void save(Path directory, String name) {
    ExplanationFiles.save(this, directory, name);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws org.pellucid.weights.UnusableFileException if a file is missing or not of its form
   */
  public static Explanation load(Path directory, String name) {
    return ExplanationFiles.load(directory, name);
  }

  /**
   * Begins an explanation: checks that input and target fit the model, and takes the time.
   *
   * @throws IllegalArgumentException if they don't
   */
  public static Builder begin(
      Method method, Evaluator evaluator, Values input, Target target, RunOptions options) {
    evaluator.checkInput(input);
    evaluator.checkTarget(target);
    return new Builder(method, evaluator, input, target, options);
  }

  /** An explanation under construction; belongs to one thread. */
  public static final class Builder {
    private final long start = System.nanoTime();
    private final Method method;
    private final Evaluator evaluator;
    private final Values input;
    private final Target target;
    private final List<Quality> quality = new ArrayList<>();
    private final Map<String, Values> details = new LinkedHashMap<>();
    private long seed;
    private long drawn;

    private Builder(
        Method method, Evaluator evaluator, Values input, Target target, RunOptions options) {
      this.method = method;
      this.evaluator = evaluator;
      this.input = input;
      this.target = target;
      this.seed = options.seed();
    }

    /** Adds a quality figure with what it means. */
    public Builder quality(String name, double value, String meaning) {
      return quality(new Quality(name, value, meaning));
    }

    /** Adds a quality figure. */
    public Builder quality(Quality figure) {
      quality.add(figure);
      return this;
    }

    /**
     * Adds the figures of a method whose attributions add up to the difference of two scores: how
     * far they miss it, {@code convergenceDelta}, and the difference, {@code scoreDifference}.
     *
     * @param sum of the attributions
     * @param difference the score of the input minus that of the baseline
     */
    public Builder completeness(double sum, double difference) {
      return completeness(sum, difference, "The score of the input minus that of the baseline.");
    }

    /**
     * Adds the same figures as {@link #completeness(double, double)}.
     *
     * @param meaning a sentence that says which scores' difference it is
     */
    public Builder completeness(double sum, double difference, String meaning) {
      return quality(
              "convergenceDelta",
              sum - difference,
              "How far the attributions miss the score's difference; near 0 is good.")
          .quality("scoreDifference", difference, meaning);
    }

    /** Adds a further result. */
    public Builder detail(String name, Values values) {
      details.put(name, values);
      return this;
    }

    /** Sets the seed that was used, where it is not the run's. */
    public Builder seed(long used) {
      seed = used;
      return this;
    }

    /** Sets the number of random numbers drawn from a sequence over many inputs. */
    public Builder drawn(long numbers) {
      drawn = numbers;
      return this;
    }

    /** The explanation, with the outputs that the model gives for the input. */
    public Explanation end(Values values) {
      return end(values, evaluator.outputs(input));
    }

    /** The explanation, with outputs that the method computed on its way. */
    public Explanation end(Values values, Values outputs) {
      return new Explanation(
          method.name(),
          isOneChannel(values)
              ? Values.of(values.toArray(), values.size(1), values.size(2))
              : values,
          method.display(),
          target,
          outputs,
          method.parameters().asMap(),
          seed,
          drawn,
          quality,
          details,
          (System.nanoTime() - start) / 1e9);
    }

    /** The only channel of an image's map is the map. */
    private boolean isOneChannel(Values values) {
      return method.display() == Display.MAP && values.rank() == 3 && values.size(0) == 1;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Explanation that
        && method.equals(that.method)
        && values.equals(that.values)
        && display == that.display
        && target.equals(that.target)
        && outputs.equals(that.outputs)
        && parameters.equals(that.parameters)
        && seed == that.seed
        && drawn == that.drawn
        && quality.equals(that.quality)
        && details.equals(that.details);
  }

  @Override
  public int hashCode() {
    return Objects.hash(method, values, target, seed);
  }
}
