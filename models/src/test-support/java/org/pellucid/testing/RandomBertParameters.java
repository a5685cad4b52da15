package org.pellucid.testing;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedSet;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.nn.ParameterSource;

/** The parameters of a BERT, of which each follows from its name and a seed at random. */
public final class RandomBertParameters implements ParameterSource {
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final BertConfig config;
  private final long seed;

  /** The parameters of an encoder without heads, of the seed 0. */
  public RandomBertParameters(BertConfig config) {
    this(config, 0);
  }

  /** The parameters of an encoder without heads. */
  public RandomBertParameters(BertConfig config, long seed) {
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

  /** Adds the masked-language-model head. */
  public RandomBertParameters predicting() {
    linear("cls.predictions.transform.dense", config.hiddenSize(), config.hiddenSize());
    norm("cls.predictions.transform.LayerNorm");
    put("cls.predictions.bias", config.vocabularySize());
    return this;
  }

  /** Adds the question-answering head. */
  public RandomBertParameters answering() {
    linear("qa_outputs", 2, config.hiddenSize());
    return this;
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
    var random = new Random(name.hashCode() + 31 * seed);
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
