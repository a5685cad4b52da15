package org.pellucid.explain.text;

import java.util.Optional;
import java.util.OptionalInt;

/** What is asked about a text: which number the model gives is explained by its words. */
public sealed interface TextQuestion {

  /**
   * Why a masked language model expects a word in a masked place.
   *
   * @param pair a second text, if there is one
   * @param mask the position that is masked, from 0 = {@code [CLS]}; empty where {@code [MASK]}
   *     stands in the text or a word is named
   * @param maskedWord the word whose first token is masked, at its first occurrence
   * @param word whose logit is explained; empty for the likeliest
   * @param contrast another word, whose logit is subtracted
   * @param probability whether the word's probability is explained in place of its logit
   */
  record MaskedPlace(
      String text,
      Optional<String> pair,
      OptionalInt mask,
      Optional<String> maskedWord,
      Optional<String> word,
      Optional<String> contrast,
      boolean probability)
      implements TextQuestion {}

  /** Which of an answer's scores is explained. */
  enum Part {
    /** The logit of its start. */
    START,
    /** The logit of its end. */
    END,
    /** The sum of both. */
    SPAN
  }

  /**
   * Why a question-answering model finds an answer in a context.
   *
   * @param answer as it stands in the context; empty for the model's best span
   */
  record Answer(String question, String context, Part part, Optional<String> answer)
      implements TextQuestion {}

  /**
   * Why a sequence-classification model gives a text a class.
   *
   * @param pair a second text, if there is one
   * @param label the class's name or number; empty for the likeliest
   * @param contrast another class, whose logit is subtracted
   * @param probability whether the class's probability is explained in place of its logit
   */
  record ClassOf(
      String text,
      Optional<String> pair,
      Optional<String> label,
      Optional<String> contrast,
      boolean probability)
      implements TextQuestion {}

  /**
   * Why two texts are alike: the cosine similarity of their mean hidden states, by the words of the
   * first.
   */
  record Likeness(String text, String other) implements TextQuestion {}
}
