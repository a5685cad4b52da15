package org.pellucid.bench.work;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.nn.ParameterSource;

/**
 * Parameters of a BERT drawn as Devlin et al. (2019) initialise it: weights with a standard
 * deviation of 0.02, and so are the biases here, that they count; scales of 1.
 */
public final class RandomBert implements ParameterSource {
  private static final double DEVIATION = 0.02;

  private final BertConfig config;
  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  /** All parameters of the encoder, without heads. */
  public RandomBert(BertConfig config) {
    this.config = config;
    long hidden = config.hiddenSize();
    shapes.put("bert.embeddings.word_embeddings.weight", shape(config.vocabularySize(), hidden));
    shapes.put(
        "bert.embeddings.position_embeddings.weight", shape(config.maximalPositions(), hidden));
    shapes.put(
        "bert.embeddings.token_type_embeddings.weight", shape(config.segmentTypes(), hidden));
    norm("bert.embeddings.LayerNorm");
    for (var layer = 0; layer < config.layers(); layer++) {
      var name = layerName(layer);
      linear(name + "attention.self.query", hidden, hidden);
      linear(name + "attention.self.key", hidden, hidden);
      linear(name + "attention.self.value", hidden, hidden);
      linear(name + "attention.output.dense", hidden, hidden);
      norm(name + "attention.output.LayerNorm");
      linear(name + "intermediate.dense", hidden, config.intermediateSize());
      linear(name + "output.dense", config.intermediateSize(), hidden);
      norm(name + "output.LayerNorm");
    }
  }

  /** What the names of a layer's parameters begin with. */
  public static String layerName(int layer) {
    return "bert.encoder.layer." + layer + ".";
  }

  /** The names of the parameters that all layers together have, in order. */
  public List<String> layerParameters() {
    return names().stream().filter(name -> name.startsWith("bert.encoder.")).toList();
  }

  private static long[] shape(long... sizes) {
    return sizes;
  }

  private void linear(String name, long inputs, long outputs) {
    shapes.put(name + ".weight", shape(outputs, inputs));
    shapes.put(name + ".bias", shape(outputs));
  }

  private void norm(String name) {
    shapes.put(name + ".weight", shape(config.hiddenSize()));
    shapes.put(name + ".bias", shape(config.hiddenSize()));
  }

  @Override
  public SequencedSet<String> names() {
    return new LinkedHashSet<>(shapes.keySet());
  }

  @Override
  public long[] shape(String name) {
    var shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("BERT has no parameter " + name + ".");
    }
    return shape.clone();
  }

  @Override
  public float[] floats(String name) {
    var count = Math.toIntExact(Arrays.stream(shape(name)).reduce(1, Math::multiplyExact));
    if (name.endsWith("LayerNorm.weight")) {
      var ones = new float[count];
      Arrays.fill(ones, 1);
      return ones;
    }
    return Numbers.centred(name.hashCode(), count, DEVIATION);
  }

  @Override
  public String origin() {
    return "random BERT";
  }
}
