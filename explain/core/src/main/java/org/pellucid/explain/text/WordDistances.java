package org.pellucid.explain.text;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pellucid.models.zoo.WeightsOrigin;

/**
 * The distances between one word's vectors in several sentences.
 *
 * @param word the word compared; empty if each sentence has a span of its own
 * @param sentences one for each row; a blank one's row and column hold NaN, and so do those of one
 *     that can't be compared
 * @param euclidean distances {@code [layers + 1][sentence][sentence]}; layer 0 is the embeddings
 * @param cosine similarities of the same shape, 1 for the same direction
 * @param dot scalar products of the same shape
 * @param rows the numbers of the sentences that have a vector, from 0
 * @param spans the word's place in each of these
 * @param failures the sentences that can't be compared
 * @param weights which weights it is from, if that is known
 */
public record WordDistances(
    String word,
    List<String> sentences,
    double[][][] euclidean,
    double[][][] cosine,
    double[][][] dot,
    List<Integer> rows,
    List<ComparedWord.Span> spans,
    List<Failure> failures,
    Optional<WeightsOrigin> weights) {
  /** Copies the lists. */
  public WordDistances {
    sentences = List.copyOf(sentences);
    rows = List.copyOf(rows);
    spans = List.copyOf(spans);
    failures = List.copyOf(failures);
  }

  /**
   * A sentence that can't be compared.
   *
   * @param line its number, from 1
   */
  public record Failure(int line, String reason) {
    /** Line and reason in one sentence. */
    public String text() {
      return "line %d: %s".formatted(line, reason);
    }
  }

  /** A way to compare two vectors. */
  public enum Metric {
    /** The length of their difference. */
    EUCLIDEAN,
    /** The cosine of the angle between them. */
    COSINE,
    /** Their scalar product. */
    DOT;

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

  /** All layers' tables by a metric, {@code [layers + 1][sentence][sentence]}. */
  public double[][][] tables(Metric metric) {
    return switch (metric) {
      case EUCLIDEAN -> euclidean;
      case COSINE -> cosine;
      case DOT -> dot;
    };
  }

  /** One layer's table of the sentences that have a vector, {@code [rows, rows]}. */
  double[][] kept(Metric metric, int layer) {
    var table = tables(metric)[layer];
    return rows.stream()
        .map(i -> rows.stream().mapToDouble(j -> table[i][j]).toArray())
        .toArray(double[][]::new);
  }
}
