package org.pellucid.explain.text;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.zoo.WeightsOrigin;
import org.pellucid.weights.numpy.Npy;

/**
 * The attention, hidden states and predicted tokens of one text.
 *
 * @param inspection the model's outputs
 * @param masked positions of the tokens that were masked, by request or in the text
 * @param predictions the likeliest tokens at each position, best first; empty without the head
 * @param weights which weights it is from, if that is known
 */
public record TextAttention(
    TextInspection inspection,
    List<Integer> masked,
    List<List<Candidate>> predictions,
    Optional<WeightsOrigin> weights) {

  /**
   * A predicted token.
   *
   * @param token its spelling in the vocabulary
   * @param id its number in the vocabulary
   * @param probability in 0..1
   */
  public record Candidate(String token, int id, double probability) {}

  private record Prediction(int position, List<Candidate> top) {}

  /** The content of {@code predictions.json}. */
  private record Predictions(
      List<String> tokens, int[] ids, List<Integer> masked, List<Prediction> predictions) {}

  /**
   * Writes {@code attention.npy} {@code [layers, heads, query, key]}, {@code hidden.npy} {@code
   * [layers + 1, tokens, hidden]} and {@code predictions.json}, which holds the masked positions'
   * predictions and which weights they are from.
   *
   * @throws UncheckedIOException if {@code predictions.json} can't be written
   * @throws org.pellucid.weights.WeightsException if another file can't be written
   */
  public void save(Path directory) {
    var tokens = inspection.tokens();
    var size = tokens.size();
    Npy.write(
        directory.resolve("attention.npy"),
        inspection.attention(),
        inspection.layers(),
        inspection.heads(),
        size,
        size);
    Npy.write(
        directory.resolve("hidden.npy"),
        inspection.joinedHiddenStates(),
        inspection.hiddenStates().size(),
        size,
        inspection.hiddenSize());
    var predicted =
        predictions.isEmpty()
            ? List.<Prediction>of()
            : masked.stream()
                .map(position -> new Prediction(position, predictions.get(position)))
                .toList();
    JsonResult.write(
        directory.resolve("predictions.json"),
        new Predictions(tokens.pieces(), tokens.ids(), masked, predicted),
        weights);
  }
}
