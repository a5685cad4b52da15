package org.pellucid.bench.work;

import org.pellucid.models.bert.BertConfig;

/**
 * The encoder of a BERT with random weights on random tokens: its last hidden states; after them
 * the gradient of a weighted sum of these with respect to the word embeddings; or with respect to
 * every parameter of the encoder's layers (and the word embeddings).
 */
public record BertWork(Pass pass, BertConfig config, int batch, int tokens) implements Workload {
  /** Word pieces of the vocabulary of bert-base-cased. */
  private static final int VOCABULARY = 28_996;

  /** BERT-base with its twelve layers of 768. */
  public static BertWork base(Pass pass, int batch, int tokens) {
    return new BertWork(pass, BertConfig.base(VOCABULARY), batch, tokens);
  }

  @Override
  public String name() {
    return "bert-%s-b%d-s%d".formatted(pass.text(), batch, tokens);
  }

  /** Twelve layers of sums over up to 3072 products, each rounded to 6e-8; measured 1e-6. */
  @Override
  public double tolerance() {
    return 1e-4;
  }

  /** The token ids {@code [batch, tokens]}. */
  public int[] ids() {
    return Numbers.integers(6, batch * tokens, config.vocabularySize());
  }

  /** The weights of the sum {@code [batch, tokens, hidden]}. */
  public float[] resultWeights() {
    return Numbers.centred(7, (long) batch * tokens * config.hiddenSize(), 1);
  }
}
