package org.pellucid.explain.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Metrics;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.attribution.InputTimesGradient;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.comparison.Comparison.Failure;
import org.pellucid.explain.comparison.Ranking.Column;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.FilterActivation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.metrics.Mask;
import org.pellucid.explain.run.InputSource;
import org.pellucid.explain.run.RunListener;
import org.pellucid.explain.run.TargetChoice;
import org.pellucid.models.vision.ImageException;

/** Methods compared over inputs: what is measured, what fails, and how sure a ranking is. */
class ComparisonTests {
  private static final int SIDE = 5;

  @TempDir Path directory;

  private final Evaluator evaluator =
      new Evaluator(Engine.portable(), new QuadraticModel(new long[] {1, SIDE, SIDE}, 2));

  /** An image of its own for each number; -1 can't be read, 2 has no mask. */
  private record Source(String name, int number) implements InputSource {
    @Override
    public OptionalInt label() {
      return OptionalInt.of(number % 2);
    }

    @Override
    public Values read() {
      if (number < 0) {
        throw new ImageException(name + " is not an image");
      }
      return values(i -> (i * 7 + number * 3) % 11 / 11f);
    }

    @Override
    public Optional<Mask> mask() {
      if (number == 2) {
        return Optional.empty();
      }
      var mask = values(i -> i % 3);
      var flat = Values.of(mask.toArray(), SIDE, SIDE);
      return Optional.of(Mask.of(flat));
    }
  }

  private interface Number {
    float of(int i);
  }

  private static Values values(Number number) {
    var numbers = new float[SIDE * SIDE];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = number.of(i);
    }
    return Values.of(numbers, 1, SIDE, SIDE);
  }

  private Comparison comparison(List<Method> methods, String... metrics) {
    return new Comparison(
        evaluator,
        methods,
        Metrics.named(List.of(metrics)),
        TargetChoice.parse("label"),
        RunOptions.standard());
  }

  @Test
  void measuresEachMethodOnEachInputAndNamesWhatFails() {
    var comparison =
        comparison(
            List.of(Saliency.standard(), new InputTimesGradient()),
            "deletion",
            "auc",
            "cascading-randomisation");
    var failures = new ArrayList<Failure>();
    var result =
        comparison.run(
            List.of(
                new Source("a", 0),
                new Source("broken", -1),
                new Source("b", 2),
                new Source("a", 1)),
            RunListener.NONE,
            failures::add);
    assertThat(result.rows()).extracting(Comparison.Row::input).containsExactly("a", "b");
    assertThat(result.rows().getFirst().figures().get(0).get(0)).isPresent();
    assertThat(result.rows().getFirst().figures().get(1).get(1)).isPresent();
    assertThat(result.rows().getLast().figures().get(1).get(1)).isEmpty();
    assertThat(result.rows().getLast().figures().get(1).get(0)).isPresent();
    assertThat(failures)
        .extracting(failure -> failure.input() + "|" + failure.what())
        .containsExactly(
            "a|cascading-randomisation", "broken|", "b|mask", "b|cascading-randomisation", "a|");
    assertThat(failures.get(1).reason()).isEqualTo("broken is not an image");
    assertThat(result.failed()).isEqualTo(failures);
    assertThat(result.mean(0, 1).inputs()).isEqualTo(1);
    assertThat(result.mean(0, 0).inputs()).isEqualTo(2);
    assertThat(result.mean(0, 2).mean()).isNaN();
    assertThat(result.curve(0, 0).orElseThrow().curve().y()).isEqualTo("probability:0");
    assertThat(result.curve(0, 1)).isEmpty();
  }

  @Test
  void writesEveryFigure() throws IOException {
    var result =
        comparison(List.of(Saliency.standard(), new InputTimesGradient()), "deletion", "sparseness")
            .run(List.of(new Source("a,\"b", 0), new Source("c", 1)), RunListener.NONE, _ -> {});
    ComparisonFiles.write(result, Map.of("weights", "none"), "two images", directory);
    var lines = Files.readAllLines(directory.resolve("evaluation.csv"));
    assertThat(lines).hasSize(1 + 2 * 2 * 2).startsWith("image,method,metric,value");
    assertThat(lines.get(1)).startsWith("\"a,\"\"b\",saliency,deletion,");
    var root = new JsonMapper().readTree(directory.resolve("evaluation.json").toFile());
    assertThat(root.get("schema").asText()).isEqualTo("pellucid-evaluation");
    assertThat(root.get("weights").asText()).isEqualTo("none");
    var figure = root.get("images").get(1).get("values").get("saliency").get("sparseness");
    assertThat(lines).contains("c,saliency,sparseness," + figure.asDouble());
    assertThat(root.get("means")).hasSize(4);
    assertThat(root.get("curves")).hasSize(2);
    assertThat(root.get("metrics").get(0).get("parameters").get("seed").asInt()).isZero();
    assertThat(root.get("rankings").get("all")).hasSize(2);
    assertThat(directory.resolve("index.html")).content().contains("two images");
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void isTheSameAgain() {
    var sources = List.of(new Source("a", 0), new Source("c", 1), new Source("d", 4));
    List<Method> methods = List.of(Saliency.standard(), new InputTimesGradient());
    var metrics = new String[] {"deletion", "road", "faithfulness-correlation", "auc"};
    var once = comparison(methods, metrics).run(sources, RunListener.NONE, _ -> {});
    var again = comparison(methods, metrics).run(sources.reversed(), RunListener.NONE, _ -> {});
    assertThat(again.rows().reversed()).isEqualTo(once.rows());
    assertThat(once.ranking(Optional.empty()))
        .isEqualTo(
            comparison(methods, metrics)
                .run(sources, RunListener.NONE, _ -> {})
                .ranking(Optional.empty()));
  }

  @Test
  void refusesWhatCantBeCompared() {
    assertThatThrownBy(() -> comparison(List.of(), "auc")).hasMessageContaining("no method");
    assertThatThrownBy(() -> comparison(List.of(Saliency.standard())))
        .hasMessageContaining("no metric");
    assertThatThrownBy(() -> comparison(List.of(Saliency.standard(), Saliency.standard()), "auc"))
        .hasMessageContaining("Two methods are named saliency");
    assertThatThrownBy(() -> comparison(List.of(Saliency.standard()), "auc", "auc"))
        .hasMessageContaining("Two metrics are named auc");
    assertThatThrownBy(
            () -> comparison(List.of(new FilterActivation(QuadraticModel.SQUARES, 0)), "auc"))
        .hasMessageContaining("doesn't attribute a target to the input");
  }

  @Test
  void endsWhenInterrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(
              () ->
                  comparison(List.of(Saliency.standard()), "deletion")
                      .run(List.of(new Source("a", 0)), RunListener.NONE, _ -> {}))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  /** A normal mean's interval, and one that always is the same. */
  @Test
  void intervalsAreThoseOfTheMean() {
    var figures = IntStream.range(0, 400).mapToDouble(i -> Math.sin(i * 12.9898) * 3 + 1).toArray();
    var bootstrap = new Bootstrap(figures.length, Bootstrap.SAMPLES);
    var mean = Bootstrap.mean(figures);
    var variance = 0.0;
    for (var figure : figures) {
      variance += (figure - mean) * (figure - mean) / figures.length;
    }
    var half = 1.96 * Math.sqrt(variance / figures.length);
    var interval = bootstrap.interval(figures);
    assertThat(interval.low()).isCloseTo(mean - half, within(0.15 * half));
    assertThat(interval.high()).isCloseTo(mean + half, within(0.15 * half));
    var same = new Bootstrap(3, 100).interval(new double[] {2, 2, Double.NaN});
    assertThat(same.low()).isEqualTo(2);
    assertThat(same.high()).isEqualTo(2);
    assertThat(new Bootstrap(0, 100).interval(new double[0]).low()).isNaN();
  }

  @Test
  void aRankingSaysHowSureItIs() {
    // The first is best on every input, the others change places.
    var first = new double[] {9, 8, 9, 7, 9, 8};
    var second = new double[] {1, 5, 1, 5, 1, 5};
    var third = new double[] {5, 1, 5, 1, 5, 1};
    var names = List.of("first", "second", "third");
    var sure =
        Ranking.of(names, List.of(new Column(new double[][] {first, second, third}, true)), 6);
    var best = sure.places().getFirst();
    assertThat(best.method()).isEqualTo("first");
    assertThat(best.best()).isEqualTo(1);
    assertThat(best.low()).isEqualTo(1);
    assertThat(best.high()).isEqualTo(1);
    assertThat(sure.places().get(1).rank()).isEqualTo(2.5);
    assertThat(sure.places().get(1).low()).isEqualTo(2);
    assertThat(sure.places().get(1).high()).isEqualTo(3);
    var lower =
        Ranking.of(names, List.of(new Column(new double[][] {first, second, third}, false)), 6);
    assertThat(lower.places().getLast().method()).isEqualTo("first");
    assertThat(lower.places().getFirst().best()).isBetween(0.4, 0.6);
    assertThat(lower.places().stream().mapToDouble(Ranking.Place::best).sum())
        .isCloseTo(1, within(1e-9));
    var missing =
        new double[] {Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN};
    var last =
        Ranking.of(names, List.of(new Column(new double[][] {missing, second, third}, true)), 6);
    assertThat(last.places().getLast().method()).isEqualTo("first");
    assertThat(Ranking.of(names, List.of(), 6).places()).isEmpty();
  }
}
