package org.pellucid.models.bert.answer;

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
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.nn.ParameterSource;

/** A BERT of two layers with random weights and a question-answering head, or none. */
final class RandomBert implements ParameterSource {
  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  private RandomBert(BertConfig config, boolean answers) {
    long hidden = config.hiddenSize();
    shapes.put(
        "bert.embeddings.word_embeddings.weight", new long[] {config.vocabularySize(), hidden});
    shapes.put(
        "bert.embeddings.position_embeddings.weight",
        new long[] {config.maximalPositions(), hidden});
    shapes.put("bert.embeddings.token_type_embeddings.weight", new long[] {2, hidden});
    norm("bert.embeddings.LayerNorm", hidden);
    for (var layer = 0; layer < config.layers(); layer++) {
      var name = "bert.encoder.layer." + layer;
      for (var part : List.of("self.query", "self.key", "self.value", "output.dense")) {
        linear(name + ".attention." + part, hidden, hidden);
      }
      norm(name + ".attention.output.LayerNorm", hidden);
      linear(name + ".intermediate.dense", config.intermediateSize(), hidden);
      linear(name + ".output.dense", hidden, config.intermediateSize());
      norm(name + ".output.LayerNorm", hidden);
    }
    if (answers) {
      linear("qa_outputs", 2, hidden);
    }
  }

  static BertModel model(WordPieceTokenizer tokenizer, boolean answers) {
    var config =
        new BertConfig(
            tokenizer.vocabulary().size(),
            12,
            2,
            3,
            20,
            tokenizer.maximalLength(),
            2,
            1e-12,
            "gelu",
            0,
            List.of());
    return BertModel.load(config, new RandomBert(config, answers), ElementType.FLOAT32);
  }

  private void linear(String name, long outputs, long inputs) {
    shapes.put(name + ".weight", new long[] {outputs, inputs});
    shapes.put(name + ".bias", new long[] {outputs});
  }

  private void norm(String name, long hidden) {
    shapes.put(name + ".weight", new long[] {hidden});
    shapes.put(name + ".bias", new long[] {hidden});
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
