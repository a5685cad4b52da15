package org.pellucid.weights.pytorch;

/** The programs that write checkpoints, whose pickles name different classes. */
enum Dialect {
  /** {@code torch.save}. */
  STATE,
  /** {@code torch.jit.save}, whose modules are classes below {@code __torch__}. */
  SCRIPT,
  /** {@code torch.save} before 0.1.10, whose persistent ids are keys of tensors read before. */
  TAR
}
