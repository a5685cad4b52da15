package org.pellucid.models.bert.answer;

import java.util.List;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.testing.RandomBertParameters;

/** A BERT of two layers with random weights and a question-answering head, or none. */
final class RandomBert {
  private RandomBert() {}

  static BertModel model(WordPieceTokenizer tokenizer, boolean answers) {
    var config =
        new BertConfig(
            tokenizer.vocabulary().size(),
            12,
            2,
            3,
            20,
            tokenizer.maximalLength(),
            2,
            1e-12,
            "gelu",
            0,
            List.of());
    var parameters = new RandomBertParameters(config);
    return BertModel.load(
        config, answers ? parameters.answering() : parameters, ElementType.FLOAT32);
  }
}
