package org.pellucid.explain.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.zoo.WeightsOrigin;
import org.pellucid.weights.numpy.Npy;

/**
 * The tokens of a question with its context in the plane of two principal components, layer by
 * layer.
 *
 * @param answer its words within the context; empty if there is none
 * @param tokens question and context as the model sees them
 * @param roles for each token
 * @param scores {@code [layers + 1, tokens, 2]}; layer 0 is the embeddings
 * @param explained the two components' shares of the variance, {@code [layers + 1, 2]}
 * @param weights which weights it is from, if that is known
 */
public record TextEmbedding(
    String question,
    String answer,
    Tokens tokens,
    List<TokenRole> roles,
    float[][][] scores,
    double[][] explained,
    Optional<WeightsOrigin> weights) {

  /** The content of {@code embedding.json}. */
  private record Summary(
      String question,
      String answer,
      List<String> tokens,
      List<TokenRole> roles,
      double[][] explained) {}

  /**
   * Writes {@code pca.npy} {@code [layers + 1, tokens, 2]}, and {@code embedding.json} with the
   * tokens, their roles, the answer, and which weights it is from.
   *
   * @throws java.io.UncheckedIOException if {@code embedding.json} can't be written
   * @throws org.pellucid.weights.WeightsException if it can't be written
   */
  public void save(Path directory) {
    var layers = scores.length;
    var size = tokens.size();
    var values = new float[layers * size * 2];
    for (var i = 0; i < values.length; i++) {
      values[i] = scores[i / 2 / size][i / 2 % size][i % 2];
    }
    Npy.write(directory.resolve("pca.npy"), values, layers, size, 2);
    JsonResult.write(
        directory.resolve("embedding.json"),
        new Summary(question, answer, tokens.pieces(), roles, explained),
        weights);
  }
}
