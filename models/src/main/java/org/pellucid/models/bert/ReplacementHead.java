package org.pellucid.models.bert;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.Dense.Projection;

/**
 * The head of ELECTRA's discriminator (Clark et al., 2020): for each token the logit that it was
 * replaced.
 */
record ReplacementHead(Projection dense, Activation activation, Projection prediction) {
  static final String NAME = "discriminator_predictions.";

  static ReplacementHead load(BertParameters parameters, BertConfig config) {
    var size = config.hiddenSize();
    return new ReplacementHead(
        Projection.load(parameters, NAME + "dense", size, size),
        Activation.of(config),
        Projection.load(parameters, NAME + "dense_prediction", size, 1));
  }

  /** {@code [batch, tokens, 1]} for {@code [batch, tokens, hidden]}. */
  Tensor forward(Tape tape, Tensor hidden) {
    var activated = activation.after(tape, dense, hidden);
    var logits = prediction.forward(tape, activated);
    tape.discard(activated);
    return logits;
  }
}
