package org.pellucid.explain.comparison;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.metrics.Mask;
import org.pellucid.explain.metrics.Metric;
import org.pellucid.explain.metrics.MetricContext;
import org.pellucid.explain.run.InputSource;
import org.pellucid.explain.run.RunListener;
import org.pellucid.explain.run.TargetChoice;
import org.pellucid.weights.UnusableFileException;

/**
 * Measures several methods' explanations of the same inputs by several metrics. What fails is
 * named, and all else goes on: an input that can't be read, a mask that is missing, a method that
 * can't explain an input, a metric that can't measure an explanation.
 *
 * @param evaluator of the model
 * @param methods that are compared, each of which attributes a target to an input's values
 * @param metrics that measure them
 * @param target of each input
 * @param options for all methods and metrics; methods that draw from one sequence over many inputs
 *     begin it anew for each
 */
public record Comparison(
    Evaluator evaluator,
    List<Method> methods,
    List<Metric> metrics,
    TargetChoice target,
    RunOptions options) {

  /**
   * Something that failed.
   *
   * @param input its name
   * @param what failed on it: a method, a metric, the mask, or empty for the input itself
   * @param reason in a sentence
   */
  public record Failure(String input, String what, String reason) {}

  /**
   * What was measured on one input.
   *
   * @param input its name
   * @param target that was explained
   * @param figures by method and metric; empty where something failed
   */
  public record Row(String input, Target target, List<List<Optional<Quality>>> figures) {}

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there are none, two of a name, or a method that doesn't
   *     attribute
   */
  public Comparison {
    methods = List.copyOf(methods);
    metrics = List.copyOf(metrics);
    check(!methods.isEmpty(), "There is no method to compare; choose some");
    check(!metrics.isEmpty(), "There is no metric to compare by; choose some");
    var names = new HashSet<String>();
    for (var method : methods) {
      check(names.add(method.name()), "Two methods are named %s; choose one", method.name());
      check(
          attributes(method),
          "%s doesn't attribute a target to the input, so it can't be compared; leave it out",
          method.name());
    }
    for (var metric : metrics) {
      check(names.add(metric.name()), "Two metrics are named %s; choose one", metric.name());
    }
  }

  /** Whether a method's results are attributions to an input's values, which metrics measure. */
  public static boolean attributes(Method method) {
    return method.display() == Display.MAP || method.display() == Display.SUPERPIXELS;
  }

  /**
   * Measures all inputs, one after another.
   *
   * @param failures receives what fails when it does
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public ComparisonResult run(
      Iterable<? extends InputSource> inputs, RunListener listener, Consumer<Failure> failures) {
    var course = new Course(listener, failures);
    for (var source : inputs) {
      course.measure(source);
    }
    return new ComparisonResult(
        methods, metrics, List.copyOf(course.rows), List.copyOf(course.failed));
  }

  /** One comparison under way. */
  private final class Course {
    private final RunListener listener;
    private final Consumer<Failure> failures;
    private final List<Row> rows = new ArrayList<>();
    private final List<Failure> failed = new ArrayList<>();
    private final HashSet<String> names = new HashSet<>();
    private int number;

    Course(RunListener listener, Consumer<Failure> failures) {
      this.listener = listener;
      this.failures = failures;
    }

    void measure(InputSource source) {
      var name = source.name();
      if (!names.add(name)) {
        fail(name, "", "Another input has this name; rename one.");
      } else {
        try {
          var input = source.read();
          var outputs = evaluator.outputs(input);
          var chosen = target.of(name, source.label(), outputs);
          rows.add(row(name, input, mask(source), chosen));
        } catch (UnusableFileException | IllegalArgumentException e) {
          fail(name, "", e.getMessage());
        }
      }
      number++;
    }

    private void fail(String input, String what, String reason) {
      var failure = new Failure(input, what, reason);
      if (!failed.contains(failure)) {
        failed.add(failure);
        failures.accept(failure);
      }
    }

    private Optional<Mask> mask(InputSource source) {
      if (metrics.stream().noneMatch(metric -> metric.descriptor().needsMask())) {
        return Optional.empty();
      }
      try {
        var mask = source.mask();
        if (mask.isEmpty()) {
          fail(
              source.name(),
              "mask",
              "There is no mask; metrics that need one leave the image out.");
        }
        return mask;
      } catch (UnusableFileException | IllegalArgumentException e) {
        fail(source.name(), "mask", e.getMessage());
        return Optional.empty();
      }
    }

    private Row row(String name, Values input, Optional<Mask> mask, Target chosen) {
      var figures = new ArrayList<List<Optional<Quality>>>();
      for (var method : methods) {
        try {
          listener.update(number, name, method.name(), 0, metrics.size() + 1);
          var explanation = method.explain(evaluator, input, chosen, options);
          var context = new MetricContext(method, evaluator, input, mask, options);
          figures.add(figures(name, explanation, context));
        } catch (IllegalArgumentException e) {
          fail(name, method.name(), e.getMessage());
          figures.add(metrics.stream().map(_ -> Optional.<Quality>empty()).toList());
        }
      }
      return new Row(name, chosen, List.copyOf(figures));
    }

    private List<Optional<Quality>> figures(
        String name, Explanation explanation, MetricContext context) {
      var figures = new ArrayList<Optional<Quality>>();
      for (var metric : metrics) {
        listener.update(number, name, explanation.method(), figures.size() + 1, metrics.size() + 1);
        var lacksMask = metric.descriptor().needsMask() && context.mask().isEmpty();
        figures.add(lacksMask ? Optional.empty() : figure(name, metric, explanation, context));
      }
      return List.copyOf(figures);
    }

    private Optional<Quality> figure(
        String name, Metric metric, Explanation explanation, MetricContext context) {
      try {
        return Optional.of(metric.quality(explanation, context));
      } catch (IllegalArgumentException e) {
        fail(name, metric.name(), e.getMessage());
        return Optional.empty();
      }
    }
  }
}
