package org.pellucid.bench.work;

/**
 * The encoder of BERT-base with random weights on random tokens: its last hidden states; after them
 * the gradient of a weighted sum of these with respect to the word embeddings; or with respect to
 * every parameter of the encoder layers (and the word embeddings).
 */
public record BertWork(Pass pass, int batch, int tokens) implements Workload {
  /** Word pieces of the vocabulary, as in bert-base-cased. */
  public static final int VOCABULARY = 28_996;

  /** The length of a hidden state. */
  public static final int HIDDEN = 768;

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
    return Numbers.integers(6, batch * tokens, VOCABULARY);
  }

  /** The weights of the sum {@code [batch, tokens, 768]}. */
  public float[] resultWeights() {
    return Numbers.centred(7, (long) batch * tokens * HIDDEN, 1);
  }
}
