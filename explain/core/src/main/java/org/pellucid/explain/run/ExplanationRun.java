package org.pellucid.explain.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.metrics.Mask;
import org.pellucid.explain.metrics.Metric;
import org.pellucid.explain.metrics.MetricContext;
import org.pellucid.weights.UnusableFileException;

/**
 * Explains inputs one after another by several methods, measures the explanations and hands them to
 * sinks. An input's results depend on that input, the methods and the options alone, but for
 * methods that draw from one sequence of random numbers over all inputs: for these, {@link
 * Explanation#drawn} of the inputs before says where an input's numbers begin, so that a run may
 * start anywhere and change no bit. An input that fails draws nothing.
 *
 * @param evaluator of the model
 * @param methods in the order of the results
 * @param metrics that measure each explanation
 * @param target of each input
 * @param options for all methods
 */
public record ExplanationRun(
    Evaluator evaluator,
    List<Method> methods,
    List<Metric> metrics,
    TargetChoice target,
    RunOptions options) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if two methods have results of the same name
   */
  public ExplanationRun {
    methods = List.copyOf(methods);
    metrics = List.copyOf(metrics);
    var names = new HashSet<String>();
    for (var method : methods) {
      if (!names.add(method.name())) {
        throw new IllegalArgumentException(
            "Two methods have results named %s; choose one.".formatted(method.name()));
      }
    }
  }

  /**
   * Explains all inputs; one that can't be read or explained is named to the sinks, and the others
   * go on. The sinks are closed at the end.
   *
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   * @throws java.io.UncheckedIOException if a sink can't write
   */
  public RunSummary run(
      Iterable<? extends InputSource> inputs, List<? extends Sink> sinks, RunListener listener) {
    return run(inputs, sinks, listener, Optional.empty());
  }

  /**
   * Explains all inputs but those that a journal's run completed before, whose results are read
   * from its folder; the sinks receive these in their turn. Inputs are noted in the journal when
   * all sinks have taken them.
   *
   * @see #run(Iterable, List, RunListener)
   */
  public RunSummary run(
      Iterable<? extends InputSource> inputs,
      List<? extends Sink> sinks,
      RunListener listener,
      RunJournal journal) {
    return run(inputs, sinks, listener, Optional.of(journal));
  }

  private RunSummary run(
      Iterable<? extends InputSource> inputs,
      List<? extends Sink> sinks,
      RunListener listener,
      Optional<RunJournal> journal) {
    try {
      return new Course(sinks, listener, journal).run(inputs);
    } finally {
      sinks.forEach(Sink::close);
    }
  }

  /** One run under way. */
  private final class Course {
    private final List<? extends Sink> sinks;
    private final RunListener listener;
    private final Optional<RunJournal> journal;
    private final Map<String, Long> drawn = new HashMap<>();
    private final long start = System.nanoTime();
    private int explained;
    private int failed;

    Course(List<? extends Sink> sinks, RunListener listener, Optional<RunJournal> journal) {
      this.sinks = sinks;
      this.listener = listener;
      this.journal = journal;
    }

    RunSummary run(Iterable<? extends InputSource> inputs) {
      var names = new HashSet<String>();
      for (var source : inputs) {
        if (names.add(source.name())) {
          explain(source);
        } else {
          fail(source.name(), "Another input has this name and would be overwritten; rename one.");
        }
      }
      var summary = new RunSummary(explained, failed, (System.nanoTime() - start) / 1e9);
      sinks.forEach(sink -> sink.finish(summary));
      return summary;
    }

    private void explain(InputSource source) {
      var earlier = journal.flatMap(journal -> journal.explanations(source.name()));
      ExplainedInput result;
      try {
        result = earlier.isPresent() ? restored(source, earlier.get()) : explained(source);
      } catch (UnusableFileException | IllegalArgumentException e) {
        fail(source.name(), e.getMessage());
        return;
      }
      for (var explanation : result.explanations()) {
        drawn.merge(explanation.method(), explanation.drawn(), Long::sum);
      }
      explained++;
      sinks.forEach(
          sink -> {
            if (earlier.isPresent()) {
              sink.restore(result);
            } else {
              sink.accept(result);
            }
          });
      journal.ifPresent(journal -> journal.complete(source.name()));
    }

    private static ExplainedInput restored(InputSource source, List<Explanation> explanations) {
      var first = explanations.getFirst();
      return new ExplainedInput(
          source.name(),
          source.label(),
          source.read(),
          first.outputs(),
          first.target(),
          explanations);
    }

    private ExplainedInput explained(InputSource source) {
      var input = source.read();
      var outputs = evaluator.outputs(input);
      var chosen = target.of(source.name(), source.label(), outputs);
      var needsMask = metrics.stream().anyMatch(metric -> metric.descriptor().needsMask());
      var mask = needsMask ? source.mask() : Optional.<Mask>empty();
      var explanations = new ArrayList<Explanation>();
      for (var method : methods) {
        explanations.add(explanation(source.name(), method, input, mask, chosen));
      }
      return new ExplainedInput(
          source.name(), source.label(), input, outputs, chosen, List.copyOf(explanations));
    }

    private Explanation explanation(
        String name, Method method, Values input, Optional<Mask> mask, Target chosen) {
      var number = explained + failed;
      var own =
          options
              .withDrawn(options.drawn() + drawn.getOrDefault(method.name(), 0L))
              .withProgress(
                  (done, total) -> listener.update(number, name, method.name(), done, total));
      var explanation = method.explain(evaluator, input, chosen, own);
      var context = new MetricContext(method, evaluator, input, mask, options);
      for (var metric : metrics) {
        if (metric.applies(explanation)) {
          explanation = explanation.with(metric.quality(explanation, context));
        }
      }
      return explanation;
    }

    private void fail(String name, String reason) {
      failed++;
      sinks.forEach(sink -> sink.fail(name, reason));
    }
  }
}
