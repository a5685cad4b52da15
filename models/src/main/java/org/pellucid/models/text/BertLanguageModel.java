package org.pellucid.models.text;

import java.util.List;
import org.pellucid.engine.Engine;
import org.pellucid.models.bert.AnswerScores;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.ClassScores;
import org.pellucid.models.bert.MaskedTokenScores;
import org.pellucid.models.bert.SimilarityScores;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.bert.WordPieceTokenizer;

/** A BERT with its tokenizer, which is closed with it. */
public record BertLanguageModel(BertModel model, WordPieceTokenizer tokenizer)
    implements LanguageModel {

  @Override
  public int maximalPositions() {
    return model.config().maximalPositions();
  }

  @Override
  public List<String> labels() {
    return model.config().labels();
  }

  @Override
  public TextFunction maskedToken(Tokens tokens, int position) {
    return new MaskedTokenScores(model, tokens, position);
  }

  @Override
  public TextFunction answer(Tokens tokens) {
    return new AnswerScores(model, tokens);
  }

  @Override
  public TextFunction classes(Tokens tokens) {
    return new ClassScores(model, tokens);
  }

  @Override
  public TextFunction similarity(Engine engine, Tokens tokens, Tokens other) {
    return new SimilarityScores(engine, model, tokens, other);
  }

  @Override
  public void close() {
    model.close();
  }
}
