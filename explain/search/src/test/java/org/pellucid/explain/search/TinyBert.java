package org.pellucid.explain.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedSet;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.NormalizerOptions;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.nn.ParameterSource;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.WeightsOrigin;

/** A BERT of two layers with three heads and random weights, whose pieces are letters and words. */
final class TinyBert {
  private static final List<String> WORDS =
      List.of(
          "the", "cat", "saw", "dog", "house", "Mr", ".", ",", "?", "!", "\"", "<", ">", "/", "(",
          ")", "。", "我", "爱", "你", "北", "京", "😀");

  private TinyBert() {}

  /** A model whose weights follow from a seed. */
  static BertModels.Loaded open(int seed) {
    var tokenizer = new WordPieceTokenizer(new Vocabulary(pieces()), NormalizerOptions.cased(), 24);
    var config = new BertConfig(pieces().size(), 12, 2, 3, 20, 24, 2, 1e-12, "gelu", 0, List.of());
    var model = BertModel.load(config, new RandomParameters(config, seed), ElementType.FLOAT32);
    var name = "tiny-" + seed;
    return new BertModels.Loaded(
        new WeightsOrigin(name, name, List.of()), model, tokenizer, List.of());
  }

  private static List<String> pieces() {
    var pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    pieces.addAll(WORDS);
    for (var letter = 'a'; letter <= 'z'; letter++) {
      pieces.add(String.valueOf(letter));
      pieces.add("##" + letter);
    }
    return pieces;
  }

  private static final class RandomParameters implements ParameterSource {
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final BertConfig config;
    private final int seed;

    RandomParameters(BertConfig config, int seed) {
      this.config = config;
      this.seed = seed;
      var hidden = config.hiddenSize();
      put("bert.embeddings.word_embeddings.weight", config.vocabularySize(), hidden);
      put("bert.embeddings.position_embeddings.weight", config.maximalPositions(), hidden);
      put("bert.embeddings.token_type_embeddings.weight", config.segmentTypes(), hidden);
      norm("bert.embeddings.LayerNorm");
      for (var layer = 0; layer < config.layers(); layer++) {
        var name = "bert.encoder.layer." + layer;
        for (var part : List.of("self.query", "self.key", "self.value", "output.dense")) {
          linear(name + ".attention." + part, hidden, hidden);
        }
        norm(name + ".attention.output.LayerNorm");
        linear(name + ".intermediate.dense", config.intermediateSize(), hidden);
        linear(name + ".output.dense", hidden, config.intermediateSize());
        norm(name + ".output.LayerNorm");
      }
    }

    private void put(String name, long... shape) {
      shapes.put(name, shape);
    }

    private void linear(String name, int outputs, int inputs) {
      put(name + ".weight", outputs, inputs);
      put(name + ".bias", outputs);
    }

    private void norm(String name) {
      put(name + ".weight", config.hiddenSize());
      put(name + ".bias", config.hiddenSize());
    }

    @Override
    public SequencedSet<String> names() {
      return new LinkedHashSet<>(shapes.keySet());
    }

    @Override
    public long[] shape(String name) {
      return shapes.get(name);
    }

    @Override
    public float[] floats(String name) {
      var random = new Random(name.hashCode() + 31L * seed);
      var values = new float[Math.toIntExact(Shapes.elements(shape(name)))];
      for (var i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return values;
    }

    @Override
    public String origin() {
      return "random numbers";
    }
  }
}
