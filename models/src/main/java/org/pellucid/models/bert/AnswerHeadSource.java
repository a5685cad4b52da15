package org.pellucid.models.bert;

import java.util.LinkedHashSet;
import java.util.Random;
import java.util.SequencedSet;
import org.pellucid.models.nn.ParameterSource;

/**
 * A BERT's parameters with a question-answering head that knows nothing yet: weights from a normal
 * distribution with deviation 0.02, as Hugging Face begins one ({@code initializer_range}), and
 * shifts of zero.
 */
public final class AnswerHeadSource implements ParameterSource {
  private static final String WEIGHT = "qa_outputs.weight";
  private static final String BIAS = "qa_outputs.bias";
  private static final double DEVIATION = 0.02;

  private final ParameterSource source;
  private final int hiddenSize;
  private final long seed;

  private AnswerHeadSource(ParameterSource source, int hiddenSize, long seed) {
    this.source = source;
    this.hiddenSize = hiddenSize;
    this.seed = seed;
  }

  /**
   * The parameters as they are if they hold a question-answering head, else with a new one.
   *
   * @param hiddenSize of the model
   * @param seed of the new head's weights; the same seed gives the same bits
   */
  public static ParameterSource of(ParameterSource source, int hiddenSize, long seed) {
    return source.names().contains(WEIGHT)
        ? source
        : new AnswerHeadSource(source, hiddenSize, seed);
  }

  @Override
  public SequencedSet<String> names() {
    var names = new LinkedHashSet<>(source.names());
    names.add(WEIGHT);
    names.add(BIAS);
    return names;
  }

  @Override
  public long[] shape(String name) {
    return switch (name) {
      case WEIGHT -> new long[] {2, hiddenSize};
      case BIAS -> new long[] {2};
      default -> source.shape(name);
    };
  }

  @Override
  public float[] floats(String name) {
    return switch (name) {
      case WEIGHT -> weights();
      case BIAS -> new float[2];
      default -> source.floats(name);
    };
  }

  private float[] weights() {
    var random = new Random(seed);
    var values = new float[2 * hiddenSize];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) (DEVIATION * random.nextGaussian());
    }
    return values;
  }

  @Override
  public String origin() {
    return source.origin();
  }
}
