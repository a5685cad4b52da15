package org.pellucid.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.nn.ParameterSource;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.files.WeightFiles;

/** A training run of PyTorch, as the README beside its files describes it. */
public record TrainingRun(String name, JsonNode description) {
  /** Adam's step size in all runs. */
  public static final double LEARNING_RATE = 0.003;

  /** Opens a run by its name. */
  public static TrainingRun open(String name) throws IOException {
    return new TrainingRun(name, new JsonMapper().readTree(file(name + ".json").toFile()));
  }

  /** A file of the fixtures. */
  public static Path file(String name) {
    try {
      return Path.of(TrainingRun.class.getResource("training/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** What {@code use} makes of the parameters at the start or at the end. */
  public <T> T parameters(String moment, Function<ParameterSource, T> use) {
    try (var checkpoint = WeightFiles.open(file(name + "-" + moment + ".safetensors"))) {
      return use.apply(new CheckpointParameters(checkpoint));
    }
  }

  /** The loss before each step. */
  public List<Double> losses() {
    return StreamSupport.stream(description.get("losses").spliterator(), false)
        .map(JsonNode::doubleValue)
        .toList();
  }

  /**
   * Compares a loss curve step by step. In double both libraries compute the same formulas and
   * differ by their rounding, which twenty steps of Adam magnify; in float PyTorch itself stays
   * within 8e-7 of its double run, and twenty-five times that is allowed for another order of sums.
   */
  public void checkLosses(List<Double> actual, ElementType type) {
    checkLosses(actual, losses(), type);
  }

  /** Compares two loss curves with the same tolerances. */
  public static void checkLosses(List<Double> actual, List<Double> expected, ElementType type) {
    assertThat(actual).hasSameSizeAs(expected);
    for (var step = 0; step < expected.size(); step++) {
      var tolerance = type == ElementType.FLOAT64 ? 1e-8 : 2e-5;
      assertThat(actual.get(step))
          .as("loss before step %d", step)
          .isCloseTo(expected.get(step), within(tolerance * expected.get(step)));
    }
    assertThat(actual.getLast()).isLessThan(actual.getFirst() / 100);
  }

  /**
   * Compares a parameter at the end. In double it must agree as closely as the end is known, in
   * single precision; in float what it moved may differ by ten times what PyTorch's own run in
   * float differs by, 1e-4.
   */
  public static void checkMove(
      String what, double[] start, double[] actual, double[] expected, ElementType type) {
    var difference = 0.0;
    var move = 0.0;
    for (var i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      move += (expected[i] - start[i]) * (expected[i] - start[i]);
      if (type == ElementType.FLOAT64) {
        assertThat(actual[i])
            .as("%s at %d", what, i)
            .isCloseTo(expected[i], within(1e-7 * Math.max(1, Math.abs(expected[i]))));
      }
    }
    if (type == ElementType.FLOAT32) {
      assertThat(Math.sqrt(difference)).as(what).isLessThan(1e-3 * Math.sqrt(move));
    }
  }
}
