package org.pellucid.explain.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.metrics.Sparseness;
import org.pellucid.explain.perturbation.Lime;
import org.pellucid.explain.segmentation.Slic;
import org.pellucid.models.vision.ImageException;

/** A stream of inputs, each read, explained, written and forgotten. */
class ExplanationRunTests {
  private static final int SIDE = 12;

  @TempDir Path directory;

  private final Evaluator evaluator =
      new Evaluator(Engine.portable(), new QuadraticModel(new long[] {3, SIDE, SIDE}, 2));

  /** An image of its own for each number; -1 can't be read. */
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
      var numbers = new float[3 * SIDE * SIDE];
      for (var i = 0; i < numbers.length; i++) {
        numbers[i] = (i * 31 + number * 17) % 23 / 23f;
      }
      return Values.of(numbers, 3, SIDE, SIDE);
    }
  }

  private static Source source(int number) {
    return new Source("image" + number, number);
  }

  private static final class Collected implements Sink {
    private final List<ExplainedInput> inputs = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private boolean finished;
    private boolean closed;

    @Override
    public void accept(ExplainedInput input) {
      inputs.add(input);
    }

    @Override
    public void fail(String name, String reason) {
      failures.add(name + ": " + reason);
    }

    @Override
    public void finish(RunSummary summary) {
      finished = true;
    }

    @Override
    public void close() {
      closed = true;
    }

    List<Explanation> of(String name) {
      return inputs.stream()
          .filter(input -> input.name().equals(name))
          .findFirst()
          .orElseThrow()
          .explanations();
    }
  }

  private ExplanationRun run(RunOptions options, Method... methods) {
    return new ExplanationRun(
        evaluator,
        List.of(methods),
        List.of(new Sparseness()),
        TargetChoice.parse("label"),
        options);
  }

  private Collected explained(RunOptions options, List<Source> sources, Method... methods) {
    var collected = new Collected();
    run(options, methods).run(sources, List.of(collected), RunListener.NONE);
    return collected;
  }

  @Test
  void dependsOnTheInputAlone() {
    var options = RunOptions.standard().withSeed(4);
    Method[] methods = {Saliency.standard(), Lime.standard().withSamples(30)};
    var forward = explained(options, List.of(source(1), source(2), source(3)), methods);
    var backward = explained(options, List.of(source(3), source(1)), methods);
    assertThat(backward.of("image1")).isEqualTo(forward.of("image1"));
    assertThat(backward.of("image3")).isEqualTo(forward.of("image3"));
    assertThat(forward.of("image1").getFirst().quality("sparseness")).isPresent();
  }

  @Test
  void startsASequenceAnywhereAndChangesNoBit() {
    var lime = Lime.homework().withSamples(30).with(new Slic(9, 1, 1, 1));
    var options = RunOptions.standard();
    var all = List.of(source(1), new Source("broken", -1), source(2), source(3));
    var whole = explained(options, all, lime);
    var before = whole.of("image1").getFirst().drawn() + whole.of("image2").getFirst().drawn();
    var last = explained(options.withDrawn(before), List.of(source(3)), lime);
    assertThat(last.of("image3")).isEqualTo(whole.of("image3"));
    var alone = explained(options, List.of(source(3)), lime);
    assertThat(alone.of("image3")).isNotEqualTo(whole.of("image3"));
    assertThat(whole.failures).containsExactly("broken: broken is not an image");
    assertThat(whole.of("image1").getFirst().seed()).isEqualTo(16);
    var chosen = explained(options.withSeed(5), List.of(source(1)), lime);
    assertThat(chosen.of("image1").getFirst().seed()).isEqualTo(5);
  }

  @Test
  void namesWhatFailsAndGoesOn() throws IOException {
    var collected = new Collected();
    var summary =
        run(RunOptions.standard(), Saliency.standard())
            .run(
                List.of(source(1), new Source("broken", -1), source(1), source(2)),
                List.of(
                    collected,
                    new ResultFiles(directory),
                    new Manifest(directory, Map.of("weights", "none"))),
                RunListener.NONE);
    assertThat(summary.explained()).isEqualTo(2);
    assertThat(summary.failed()).isEqualTo(2);
    assertThat(collected.failures.getLast()).startsWith("image1: Another input has this name");
    var manifest = new JsonMapper().readTree(directory.resolve("manifest.json").toFile());
    assertThat(manifest.get("version").asInt()).isEqualTo(1);
    assertThat(manifest.get("explanations")).hasSize(2);
    assertThat(manifest.get("explanations").get(1).get("file").asText())
        .isEqualTo("image2/saliency.npy");
    assertThat(manifest.get("failed").get(0).get("name").asText()).isEqualTo("broken");
    assertThat(Explanation.load(directory.resolve("image2"), "saliency"))
        .isEqualTo(collected.of("image2").getFirst());
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("image1", "image2", "manifest.json");
    }
  }

  @Test
  void keepsWhatFiguresDependOnInTheManifest() throws IOException {
    var plain = explained(RunOptions.standard(), List.of(source(1)), Saliency.standard());
    var figure =
        new Quality("area", 0.5, "Higher is better.", Map.of("steps", 2))
            .with(new Curve("share", "score", List.of(0.0, 1.0), List.of(0.25, 0.75)));
    var input = plain.inputs.getFirst();
    try (var manifest = new Manifest(directory, Map.of())) {
      manifest.accept(
          new ExplainedInput(
              input.name(),
              input.label(),
              input.input(),
              input.outputs(),
              input.target(),
              List.of(
                  input.explanations().getFirst(), input.explanations().getFirst().with(figure))));
      manifest.finish(new RunSummary(1, 0, 0));
    }
    var entries =
        new JsonMapper().readTree(directory.resolve("manifest.json").toFile()).get("explanations");
    assertThat(entries.get(0).has("measurements")).isFalse();
    assertThat(entries.get(1).get("quality").get("area").asDouble()).isEqualTo(0.5);
    var area = entries.get(1).get("measurements").get("area");
    assertThat(area.get("parameters").get("steps").asInt()).isEqualTo(2);
    assertThat(area.get("curve").get("values").get(1).asDouble()).isEqualTo(0.75);
  }

  @Test
  void closesItsSinksWhenCancelled() throws IOException {
    var collected = new Collected();
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(
              () ->
                  run(RunOptions.standard(), IntegratedGradients.steps(3))
                      .run(
                          List.of(source(1)),
                          List.of(collected, new Manifest(directory, Map.of())),
                          RunListener.NONE))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(collected.closed).isTrue();
    assertThat(collected.finished).isFalse();
    try (var files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  private static InputSource unlabelled(String name) {
    return new InputSource() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Values read() {
        throw new AssertionError("names tell before anything is read");
      }
    };
  }

  @Test
  void refusesALabelThatIsNotThere() {
    var choice = TargetChoice.parse("label");
    var outputs = Values.of(new float[] {1, 2}, 2);
    assertThatThrownBy(() -> choice.of("cat.png", OptionalInt.empty(), outputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cat.png has no label");
    assertThatThrownBy(() -> choice.check(List.of(source(1), unlabelled("a"), unlabelled("b"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a has no label (and 2 of the 3 images have none); begin its name");
    choice.check(List.of(source(1), source(2)));
    TargetChoice.parse("predicted").check(List.of(unlabelled("a")));
    assertThat(TargetChoice.parse("predicted").of("cat.png", OptionalInt.empty(), outputs))
        .isEqualTo(Target.output(1));
    assertThatThrownBy(() -> TargetChoice.parse("best")).hasMessageContaining("best");
  }
}
