package org.pellucid.explain.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.FeatureVisualisation;
import org.pellucid.explain.features.RandomViews;
import org.pellucid.explain.run.FilterAtlas.Wording;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.weights.numpy.Npy;

class FilterAtlasTests {
  private static final FeatureVisualisation SETTINGS =
      new FeatureVisualisation(2, 0.05, RandomViews.NONE, 0);

  @TempDir Path directory;

  private record Source(String name, float brightness) implements InputSource {
    @Override
    public Values read() {
      if (brightness < 0) {
        throw new IllegalArgumentException("is darker than black");
      }
      var pixels = new float[3 * 128 * 128];
      Arrays.fill(pixels, brightness);
      return Values.of(pixels, 3, 128, 128);
    }
  }

  @Test
  void writesImagesNumbersAndAPage() throws Exception {
    var updates = new ArrayList<Long>();
    try (var classifier = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty())) {
      var evaluator = new Evaluator(Engine.standard(), classifier.network());
      var atlas = new FilterAtlas(evaluator, SETTINGS, RunOptions.standard(), directory);
      var inputs = List.of(new Source("<b>dark", 0.1f), new Source("bad", -1), new Source("ش", 1));
      var failed = atlas.add("cnn.0", Set.of(3), inputs, (_, done, _) -> updates.add(done));
      assertThat(failed).containsOnlyKeys("bad").containsValue("is darker than black");
      atlas.add("fc.0", Set.of(1), List.of(), (_, _, _) -> {});
      atlas.finish(new Wording("Filters", "food"));
      assertThat(FilterAtlas.filters(evaluator, "cnn.0")).isEqualTo(128);
    }
    assertThat(updates).startsWith(0L, 1L).endsWith(2L);
    assertThat(Npy.read(directory.resolve("cnn.0/3.npy")).shape()).containsExactly(3, 128, 128);
    assertThat(directory.resolve("cnn.0/3.png")).isNotEmptyFile();
    assertThat(directory.resolve("images/ش.png")).isNotEmptyFile();
    var entries =
        new JsonMapper().readTree(directory.resolve("atlas.json").toFile()).at("/entries");
    assertThat(entries.at("/0/after").doubleValue())
        .isGreaterThan(entries.at("/0/before").doubleValue());
    assertThat(entries.at("/0/strongest")).hasSize(2);
    assertThat(entries.at("/1/layer").textValue()).isEqualTo("fc.0");
  }

  @Test
  void readsFilters() {
    assertThat(FilterAtlas.parse("0-2,5", 8)).containsExactly(0, 1, 2, 5);
    assertThat(FilterAtlas.parse("all", 3)).containsExactly(0, 1, 2);
    assertThatThrownBy(() -> FilterAtlas.parse("3-", 8)).hasMessageContaining("such as 0-15,20");
    assertThatThrownBy(() -> FilterAtlas.parse("4-2", 8)).hasMessageContaining("ends before");
    assertThatThrownBy(() -> FilterAtlas.parse("8", 8)).hasMessageContaining("0..7, not 8");
  }
}
