package org.pellucid.bench.work;

/**
 * A fully connected layer without bias, {@code [rows, inputs] · [outputs, inputs]ᵀ}, or the
 * gradient of its input, {@code [rows, outputs] · [outputs, inputs]}.
 *
 * @param pass forward or gradient
 */
public record ProductWork(Pass pass, int rows, int inputs, int outputs) implements Workload {

  @Override
  public String name() {
    return "product-%s-%d-%d-%d".formatted(pass.text(), rows, inputs, outputs);
  }

  /** Sums of up to 3072 products in single precision. */
  @Override
  public double tolerance() {
    return 1e-5;
  }

  /** The rows to be multiplied: inputs, or gradients of outputs. */
  public float[] input() {
    return Numbers.centred(12, (long) rows * (pass == Pass.FORWARD ? inputs : outputs), 1);
  }

  /** The weight {@code [outputs, inputs]}. */
  public float[] weight() {
    return Numbers.centred(13, (long) outputs * inputs, 1 / Math.sqrt(inputs));
  }
}
