package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.models.text.OnnxTextModel;
import org.pellucid.weights.OpenOptions;

/**
 * The vectors of sentences beside those of ONNX Runtime 1.22.0, which are in the resources: a
 * sentence, its ids, and its vector of length 1 with seven digits, separated by tabs. On the
 * portable kernels the 18 layers would take a minute.
 */
@Tag("numeric")
@Tag("many-steps")
class SentenceEmbeddingTests {

  /** Measured: 2e-7 in single precision. */
  @ParameterizedTest
  @EnumSource(names = {"BGE_SMALL_EN", "ALL_MINILM_L6_V2"})
  void equalThoseOfOnnxRuntime(KnownModel known) throws Exception {
    var name = known.modelName();
    assumeTrue(
        new BertArtifacts(_ -> {}).isLocal(known), name + " is not in the local Maven repository");
    try (var loaded = TextModels.open(name, Optional.empty(), OpenOptions.standard(), _ -> {})) {
      var model = (OnnxTextModel) loaded.model();
      for (var line : lines(name + ".tsv")) {
        var parts = line.split("\t");
        var tokens = model.tokenizer().encode(parts[0]);
        assertThat(tokens.ids()).isEqualTo(ids(parts[1]));
        var found = model.embedding(Engine.standard(), tokens);
        var expected = numbers(parts[2]);
        assertThat(found).hasSameSizeAs(expected);
        for (var i = 0; i < found.length; i++) {
          assertThat(found[i]).isCloseTo(expected[i], within(1e-5));
        }
      }
    }
  }

  private static String[] lines(String resource) throws IOException {
    try (var in = OnnxTextModel.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().split("\n");
    }
  }

  private static int[] ids(String text) {
    return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }
}
