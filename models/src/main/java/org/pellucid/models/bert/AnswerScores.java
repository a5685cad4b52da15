package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Tensor;

/**
 * The question-answering head's logits for a question with its context, as a function of their word
 * embeddings.
 *
 * <p>Inputs are {@code [tokens, hidden]}, see {@link BertModel#embeddings}; outputs are the logits
 * of the answer's start at each token, then those of its (inclusive) end. The BERT model stays the
 * caller's to close.
 */
public final class AnswerScores implements TextScores {
  private final EmbeddedText text;

  private AnswerScores(EmbeddedText text) {
    this.text = text;
  }

  /**
   * The scores of all starts and ends.
   *
   * @param tokens that give the length and the segments
   * @throws IllegalArgumentException if the model has no question-answering head
   */
  public AnswerScores(BertModel model, Tokens tokens) {
    check(
        model.answersQuestions(),
        "These weights hold no question-answering head; load a model that has one");
    this.text = EmbeddedText.of(model, tokens);
  }

  /** The output that scores an answer's start at a token. */
  public int start(int position) {
    return checked(position);
  }

  /** The output that scores an answer's end at a token, which belongs to the answer. */
  public int end(int position) {
    return tokens().size() + checked(position);
  }

  private int checked(int position) {
    tokens().checkPosition(position);
    return position;
  }

  @Override
  public EmbeddedText text() {
    return text;
  }

  @Override
  public int outputs() {
    return 2 * tokens().size();
  }

  @Override
  public List<String> headLayers() {
    return List.of("qa_outputs");
  }

  @Override
  public AnswerScores of(EmbeddedText other) {
    return new AnswerScores(other);
  }

  @Override
  public Tensor head(Tape tape, Tensor hidden) {
    var pairs = text.model().answerSpans(tape, hidden);
    tape.discard(hidden);
    var startsThenEnds = Transpose.apply(tape, pairs, 0, 2, 1);
    tape.discard(pairs);
    return Reshape.apply(tape, startsThenEnds, pairs.size(0), outputs());
  }
}
