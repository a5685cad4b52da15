package org.pellucid.weights.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pellucid.weights.TensorInfo;

/**
 * The parameters of a BERT encoder under Hugging Face's names (Devlin et al., 2019). Sizes are read
 * off the embeddings and the first layer; the number of layers is the highest one found.
 */
record BertLayout() implements ParameterLayout {
  private static final String WORDS = "bert.embeddings.word_embeddings.weight";

  private static final String LAYER = "bert.encoder.layer.";
  private static final Pattern NUMBERED =
      Pattern.compile("bert\\.encoder\\.layer\\.(\\d{1,4})\\..*");
  private static final List<String> HEADS =
      List.of("bert.pooler.", "cls.", "qa_outputs.", "classifier.");

  @Override
  public boolean recognises(Map<String, TensorInfo> tensors) {
    return tensors.containsKey(WORDS);
  }

  @Override
  public SequencedMap<String, long[]> expected(Map<String, TensorInfo> tensors) {
    var expected = new LinkedHashMap<String, long[]>();
    var vocabulary = axis(tensors, WORDS, 0, 1);
    var hidden = axis(tensors, WORDS, 1, 1);
    expected.put(WORDS, new long[] {vocabulary, hidden});
    for (var kind : List.of("position", "token_type")) {
      var name = "bert.embeddings." + kind + "_embeddings.weight";
      expected.put(name, new long[] {axis(tensors, name, 0, 1), hidden});
    }
    putNormalisation(expected, "bert.embeddings", hidden);
    var layers =
        tensors.keySet().stream()
            .map(NUMBERED::matcher)
            .filter(Matcher::matches)
            .mapToInt(matcher -> Integer.parseInt(matcher.group(1)) + 1)
            .max()
            .orElse(1);
    var inner = axis(tensors, LAYER + "0.intermediate.dense.weight", 0, 4 * hidden);
    for (var layer = 0; layer < layers; layer++) {
      var name = LAYER + layer;
      for (var part : List.of("query", "key", "value")) {
        putLinear(expected, name + ".attention.self." + part, hidden, hidden);
      }
      putLinear(expected, name + ".attention.output.dense", hidden, hidden);
      putNormalisation(expected, name + ".attention.output", hidden);
      putLinear(expected, name + ".intermediate.dense", inner, hidden);
      putLinear(expected, name + ".output.dense", hidden, inner);
      putNormalisation(expected, name + ".output", hidden);
    }
    return expected;
  }

  @Override
  public boolean isOptional(String name) {
    return HEADS.stream().anyMatch(name::startsWith) || name.equals("bert.embeddings.position_ids");
  }

  private static void putLinear(
      Map<String, long[]> expected, String name, long outputs, long inputs) {
    expected.put(name + ".weight", new long[] {outputs, inputs});
    expected.put(name + ".bias", new long[] {outputs});
  }

  private static void putNormalisation(Map<String, long[]> expected, String name, long size) {
    expected.put(name + ".LayerNorm.weight", new long[] {size});
    expected.put(name + ".LayerNorm.bias", new long[] {size});
  }

  private static long axis(Map<String, TensorInfo> tensors, String name, int axis, long otherwise) {
    var info = tensors.get(name);
    return info != null && info.shape().length > axis ? info.shape()[axis] : otherwise;
  }
}
