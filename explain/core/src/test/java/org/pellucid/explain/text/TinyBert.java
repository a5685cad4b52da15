package org.pellucid.explain.text;

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

/** A BERT of two layers with random weights and all heads, over a vocabulary of a few words. */
public final class TinyBert {
  /** Its dimensions: two layers of three heads. */
  public static final BertConfig CONFIG =
      new BertConfig(16, 12, 2, 3, 20, 24, 2, 1e-12, "gelu", 0, List.of());

  private static final List<String> WORDS =
      List.of("the", "cat", "saw", "a", "dog", "who", "?", ".", "apple", "eats", "##s");

  private TinyBert() {}

  /** The tokenizer of its few words. */
  public static WordPieceTokenizer tokenizer() {
    var pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    pieces.addAll(WORDS);
    return new WordPieceTokenizer(
        new Vocabulary(pieces), NormalizerOptions.uncased(), CONFIG.maximalPositions());
  }

  /** The model, which the caller closes. */
  public static BertModel model() {
    return model(ElementType.FLOAT32);
  }

  /** The same weights in another precision. */
  public static BertModel model(ElementType type) {
    return BertModel.load(CONFIG, new RandomParameters(), type);
  }

  private static final class RandomParameters implements ParameterSource {
    private final Map<String, long[]> shapes = new LinkedHashMap<>();

    RandomParameters() {
      var hidden = CONFIG.hiddenSize();
      put("bert.embeddings.word_embeddings.weight", CONFIG.vocabularySize(), hidden);
      put("bert.embeddings.position_embeddings.weight", CONFIG.maximalPositions(), hidden);
      put("bert.embeddings.token_type_embeddings.weight", CONFIG.segmentTypes(), hidden);
      norm("bert.embeddings.LayerNorm");
      for (var layer = 0; layer < CONFIG.layers(); layer++) {
        var name = "bert.encoder.layer." + layer;
        for (var part : List.of("self.query", "self.key", "self.value", "output.dense")) {
          linear(name + ".attention." + part, hidden, hidden);
        }
        norm(name + ".attention.output.LayerNorm");
        linear(name + ".intermediate.dense", CONFIG.intermediateSize(), hidden);
        linear(name + ".output.dense", hidden, CONFIG.intermediateSize());
        norm(name + ".output.LayerNorm");
      }
      linear("cls.predictions.transform.dense", hidden, hidden);
      norm("cls.predictions.transform.LayerNorm");
      put("cls.predictions.bias", CONFIG.vocabularySize());
      linear("qa_outputs", 2, hidden);
    }

    private void put(String name, long... shape) {
      shapes.put(name, shape);
    }

    private void linear(String name, int outputs, int inputs) {
      put(name + ".weight", outputs, inputs);
      put(name + ".bias", outputs);
    }

    private void norm(String name) {
      put(name + ".weight", CONFIG.hiddenSize());
      put(name + ".bias", CONFIG.hiddenSize());
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
      var random = new Random(name.hashCode());
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
