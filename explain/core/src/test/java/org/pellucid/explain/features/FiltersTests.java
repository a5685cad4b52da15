package org.pellucid.explain.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.FilterVisualisation.Start;

class FiltersTests {
  private static final List<String> LAYERS = List.of("conv1", "relu", "7");

  private final Evaluator evaluator =
      new Evaluator(Engine.standard(), new MixingModel(4, 3, ElementType.FLOAT64));
  private final Values image = image();

  private static Values image() {
    var numbers = new double[36];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = i * 5 % 7 / 7.0;
    }
    return Values.of(numbers, 3, 4, 3);
  }

  @Test
  void takesLayersByNameOrNumber() {
    assertThat(Filters.layer("relu", LAYERS)).isEqualTo("relu");
    assertThat(Filters.layer("0", LAYERS)).isEqualTo("conv1");
    assertThat(Filters.layer("7", LAYERS)).as("a name comes before a number").isEqualTo("7");
    assertThatThrownBy(() -> Filters.layer("3", LAYERS))
        .hasMessage(
            "The model has no layer 3; its layers are conv1, relu, 7, or their numbers 0..2.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "12", "3:0:7", "0.5,-1.0,2.0"})
  void readsFeatures(String text) {
    assertThat(FeatureObjective.parse(text).orElseThrow().text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1:2", "1:-2:3", "a", "1,", "1,NaN", "1.5"})
  void refusesOtherTexts(String text) {
    assertThat(FeatureObjective.parse(text)).isEmpty();
  }

  @Test
  void showsAUnitsMapAndADirectionsProduct() {
    var zero = activation(new FeatureObjective.Channel(0));
    var two = activation(new FeatureObjective.Channel(2));
    assertThat(activation(new FeatureObjective.Unit(2, 1, 1))).isEqualTo(two);
    var both = activation(FeatureObjective.parse("2,0,-1,0").orElseThrow());
    for (var i = 0; i < both.length(); i++) {
      // The product is summed in double precision and stored in single.
      assertThat((double) both.get(i)).isCloseTo(2.0 * zero.get(i) - two.get(i), within(1e-6));
    }
  }

  private Values activation(FeatureObjective feature) {
    return new FilterActivation("mix", feature)
        .explain(evaluator, image, Target.output(0), RunOptions.standard())
        .values();
  }

  @Test
  void showsAFeatureOfALayerWithoutPlaces() {
    var map =
        new FilterActivation("outputs", 1)
            .explain(evaluator, image, Target.output(0), RunOptions.standard());
    assertThat(map.values().shape()).containsExactly(1, 1);
    assertThat(map.values().get(0)).isEqualTo(evaluator.outputs(image).get(1));
  }

  @Test
  void climbsFromTheImageAndFromFrequencies() {
    for (var start : Start.values()) {
      var made =
          new FilterVisualisation(
                  "mix", FeatureObjective.parse("1:2:2").orElseThrow(), 5, 0.05, start)
              .explain(evaluator, image, Target.output(0), RunOptions.standard());
      assertThat(made.quality("objectiveAfter").orElseThrow())
          .as(start.toString())
          .isGreaterThan(made.quality("objectiveBefore").orElseThrow());
    }
  }
}
