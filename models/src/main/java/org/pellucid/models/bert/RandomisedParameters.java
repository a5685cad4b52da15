package org.pellucid.models.bert;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.nn.ParameterSource;

/**
 * A model's parameters, of which those of some layers are as before training: weights normal with a
 * deviation of 0.02, biases 0, layer normalisations the identity. Each parameter is drawn by its
 * name, so that it doesn't depend on which others are random.
 *
 * @param trained by their names at Hugging Face
 * @param layers whose parameters are random, such as {@code bert.encoder.layer.3}
 */
record RandomisedParameters(Map<String, Tensor> trained, Set<String> layers, long seed)
    implements ParameterSource {
  private static final double DEVIATION = 0.02;

  /** Explained inputs are word embeddings, so these stay. */
  private static final String WORDS = "bert.embeddings.word_embeddings.weight";

  @Override
  public SequencedSet<String> names() {
    return new LinkedHashSet<>(trained.keySet());
  }

  @Override
  public long[] shape(String name) {
    return trained.get(name).shape();
  }

  @Override
  public float[] floats(String name) {
    var own = trained.get(name);
    if (name.equals(WORDS) || layers.stream().noneMatch(layer -> name.startsWith(layer + "."))) {
      return own.toFloats();
    }
    var values = new float[Math.toIntExact(own.elements())];
    if (own.rank() == 1) {
      Arrays.fill(values, name.endsWith("LayerNorm.weight") ? 1 : 0);
      return values;
    }
    var random = new SplittableRandom(31 * seed + name.hashCode());
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) (DEVIATION * random.nextGaussian());
    }
    return values;
  }

  @Override
  public String origin() {
    return "a copy with random layers";
  }
}
