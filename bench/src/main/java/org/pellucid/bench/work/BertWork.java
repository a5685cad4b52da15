package org.pellucid.bench.work;

import java.util.List;
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
  public static final BertConfig BASE = BertConfig.base(VOCABULARY);

  /** Twelve layers of width 384 and twelve heads, as bge-small-en has. */
  public static final BertConfig NARROW =
      new BertConfig(30_522, 384, 12, 12, 1536, 512, 2, 1e-12, "gelu", 0, List.of());

  /** Work for BERT-base. */
  public static BertWork base(Pass pass, int batch, int tokens) {
    return new BertWork(pass, BASE, batch, tokens);
  }

  /** Work for the network of width 384. */
  public static BertWork narrow(Pass pass, int batch, int tokens) {
    return new BertWork(pass, NARROW, batch, tokens);
  }

  @Override
  public String name() {
    var width = config.hiddenSize() == BASE.hiddenSize() ? "" : "" + config.hiddenSize();
    return "bert%s-%s-b%d-s%d".formatted(width, pass.text(), batch, tokens);
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
