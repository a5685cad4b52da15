package org.pellucid.models.bert;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.Dense.Norm;
import org.pellucid.models.bert.Dense.Projection;

/**
 * The masked-language-model head: a projection to the embeddings' width with an activation and a
 * layer normalisation, then a decoder that shares the word embeddings unless the weights bring
 * their own.
 */
record PredictionHead(Projection transform, Activation activation, Norm norm, Projection decoder) {
  private static final String NAME = "cls.predictions.";

  static PredictionHead load(BertParameters parameters, BertConfig config, Tensor words) {
    var size = config.embeddingSize();
    var decoder =
        parameters.has(NAME + "decoder.weight")
            ? parameters.get(NAME + "decoder.weight", config.vocabularySize(), size)
            : words;
    var bias = parameters.has(NAME + "bias") ? NAME + "bias" : NAME + "decoder.bias";
    return new PredictionHead(
        Projection.load(parameters, NAME + "transform.dense", config.hiddenSize(), size),
        Activation.of(config),
        Norm.load(parameters, NAME + "transform.LayerNorm", size, config),
        new Projection(decoder, parameters.get(bias, config.vocabularySize())));
  }

  Tensor forward(Tape tape, Tensor hidden) {
    var activated = activation.after(tape, transform, hidden);
    var normalised = norm.forward(tape, activated);
    tape.discard(activated);
    var logits = decoder.forward(tape, normalised);
    tape.discard(normalised);
    return logits;
  }
}
