package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * The logits of a sequence classification's classes (Devlin et al., 2019) as a function of the
 * text's word embeddings.
 *
 * <p>Inputs are {@code [tokens, hidden]}, see {@link BertModel#embeddings}; outputs are the
 * classes' logits. The BERT model stays the caller's to close.
 */
public final class ClassScores implements TextScores {
  private final EmbeddedText text;

  private ClassScores(EmbeddedText text) {
    this.text = text;
  }

  /**
   * The scores of all classes.
   *
   * @param tokens that give the length and the segments
   * @throws IllegalArgumentException if the model has no sequence-classification head
   */
  public ClassScores(BertModel model, Tokens tokens) {
    check(
        model.classifies(),
        "These weights hold no sequence-classification head (classifier.weight after a pooler);"
            + " load a model that has one");
    this.text = EmbeddedText.of(model, tokens);
  }

  @Override
  public EmbeddedText text() {
    return text;
  }

  @Override
  public List<String> headLayers() {
    return List.of("bert.pooler", "classifier");
  }

  @Override
  public ClassScores of(EmbeddedText other) {
    return new ClassScores(other);
  }

  @Override
  public int outputs() {
    return text.model().classes();
  }

  @Override
  public Tensor head(Tape tape, Tensor hidden) {
    var logits = text.model().classify(tape, hidden);
    tape.discard(hidden);
    return logits;
  }
}
