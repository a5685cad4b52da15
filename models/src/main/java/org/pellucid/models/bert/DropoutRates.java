package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;

/**
 * How much of a BERT is dropped at random in training (Srivastava et al., 2014).
 *
 * @param hidden probability of dropping a number of a hidden state, after the embeddings and after
 *     both halves of a layer, {@code 0 ≤ hidden < 1} ({@code hidden_dropout_prob})
 * @param attention probability of dropping an attention probability, {@code 0 ≤ attention < 1}
 *     ({@code attention_probs_dropout_prob})
 */
public record DropoutRates(double hidden, double attention) {
  /** Nothing is dropped. */
  public static final DropoutRates NONE = new DropoutRates(0, 0);

  /** What BERT was pre-trained with, a tenth of both (Devlin et al., 2019). */
  public static final DropoutRates STANDARD = new DropoutRates(0.1, 0.1);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a probability is negative, 1 or more, or not a number
   */
  public DropoutRates {
    checkRate("hidden states", hidden);
    checkRate("attention", attention);
  }

  private static void checkRate(String what, double rate) {
    check(
        rate >= 0 && rate < 1,
        "The dropout of %s is %s, but must be at least 0 and below 1",
        what,
        rate);
  }

  /**
   * The rates in a Hugging Face {@code config.json}; those of {@link #STANDARD} where it tells
   * none.
   *
   * @throws org.pellucid.models.ModelFileException if the file can't be read or a field is no
   *     number
   * @throws IllegalArgumentException if a rate is out of range
   */
  public static DropoutRates read(Path config) {
    var json = JsonFile.read(config);
    return new DropoutRates(
        json.number("hidden_dropout_prob").orElse(STANDARD.hidden),
        json.number("attention_probs_dropout_prob").orElse(STANDARD.attention));
  }
}
