package org.pellucid.models.text;

import java.util.List;
import org.pellucid.engine.Engine;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.models.bert.TextTokenizer;
import org.pellucid.models.bert.Tokens;

/**
 * A language model with the tokenizer that it was trained with: what it says of a text, as
 * functions of the text's word embeddings. The functions use the model, which must stay open.
 */
public sealed interface LanguageModel extends AutoCloseable
    permits BertLanguageModel, OnnxTextModel {

  /** The tokenizer that belongs to the model. */
  TextTokenizer tokenizer();

  /** The most tokens that a text may have. */
  int maximalPositions();

  /** The names of the classes by number, as far as they are known. */
  List<String> labels();

  /**
   * The logits of the vocabulary's pieces at a position, by token id.
   *
   * @param position from 0
   * @throws IllegalArgumentException if the model predicts no tokens or there is no such position
   */
  TextFunction maskedToken(Tokens tokens, int position);

  /**
   * The logits of an answer's start at each token, then those of its (inclusive) end.
   *
   * @throws IllegalArgumentException if the model answers no questions
   */
  TextFunction answer(Tokens tokens);

  /**
   * The logits of the classes of texts.
   *
   * @throws IllegalArgumentException if the model classifies no texts
   */
  TextFunction classes(Tokens tokens);

  /**
   * The cosine similarity of a text's vector to that of another text, which is a constant.
   *
   * @param engine that runs the model on the other text
   * @throws IllegalArgumentException if the model gives no vector of a text
   */
  TextFunction similarity(Engine engine, Tokens tokens, Tokens other);

  /** Closes the model. */
  @Override
  void close();
}
