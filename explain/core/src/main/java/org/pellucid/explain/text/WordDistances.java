package org.pellucid.explain.text;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pellucid.models.zoo.WeightsOrigin;
import org.pellucid.weights.numpy.Npy;

/**
 * The distances between one word's vectors in several sentences.
 *
 * @param word the word compared
 * @param sentences one for each row; a blank one's row and column hold NaN
 * @param euclidean distances {@code [layers + 1][sentence][sentence]}; layer 0 is the embeddings
 * @param cosine similarities of the same shape, 1 for the same direction
 * @param weights which weights it is from, if that is known
 */
public record WordDistances(
    String word,
    List<String> sentences,
    double[][][] euclidean,
    double[][][] cosine,
    Optional<WeightsOrigin> weights) {

  /** The content of {@code distances.json}. */
  private record Summary(String word, int layer, Metric metric, List<String> sentences) {}

  /** A way to compare two vectors. */
  public enum Metric {
    /** The length of their difference. */
    EUCLIDEAN,
    /** The cosine of the angle between them. */
    COSINE;

    /** The metric of a name such as {@code cosine}, if there is one. */
    public static Optional<Metric> named(String name) {
      return Arrays.stream(values()).filter(metric -> metric.text().equals(name)).findFirst();
    }

    /** The name in lower case. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Writes {@code distances.npy} {@code [sentences, sentences]}, one layer by one metric, and
   * {@code distances.json} with the sentences and which weights it is from.
   *
   * @throws IndexOutOfBoundsException if the model has no such layer
   * @throws java.io.UncheckedIOException if {@code distances.json} can't be written
   * @throws org.pellucid.weights.WeightsException if it can't be written
   */
  public void save(Path directory, int layer, Metric metric) {
    var layers =
        switch (metric) {
          case EUCLIDEAN -> euclidean;
          case COSINE -> cosine;
        };
    var size = sentences.size();
    var values = new float[size * size];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) layers[layer][i / size][i % size];
    }
    Npy.write(directory.resolve("distances.npy"), values, size, size);
    JsonResult.write(
        directory.resolve("distances.json"), new Summary(word, layer, metric, sentences), weights);
  }
}
