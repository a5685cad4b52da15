package org.pellucid.models.bert;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.Dense.Projection;

/** The heads of a BERT that its weights hold, which compute as {@link BertModel} says. */
final class BertHeads {
  private static final String PREDICTIONS = "cls.predictions";
  private static final String ANSWERS = "qa_outputs";
  private static final String POOLER = "bert.pooler";
  private static final String CLASSIFIER = "classifier";

  private final BertConfig config;
  private final Optional<PredictionHead> prediction;
  private final Optional<Projection> answer;
  private final Optional<ReplacementHead> replacement;
  private final Optional<Projection> pooler;
  private final Optional<Projection> classifier;

  /** Loads the heads; {@code words} is the table that the prediction shares with the encoder. */
  BertHeads(BertParameters parameters, BertConfig config, Tensor words) {
    this.config = config;
    long hidden = config.hiddenSize();
    prediction =
        when(
            parameters,
            PREDICTIONS + ".transform.dense",
            _ -> PredictionHead.load(parameters, config, words));
    answer = when(parameters, ANSWERS, name -> Projection.load(parameters, name, hidden, 2));
    replacement =
        when(
            parameters,
            ReplacementHead.NAME + "dense",
            _ -> ReplacementHead.load(parameters, config));
    pooler =
        when(
            parameters,
            POOLER + ".dense",
            name -> Projection.load(parameters, name, hidden, hidden));
    classifier =
        pooler.flatMap(
            _ ->
                when(
                    parameters,
                    CLASSIFIER,
                    name ->
                        Projection.load(
                            parameters, name, hidden, parameters.rows(name + ".weight"))));
  }

  private static <T> Optional<T> when(
      BertParameters parameters, String name, Function<String, T> head) {
    return parameters.has(name + ".weight") ? Optional.of(head.apply(name)) : Optional.empty();
  }

  boolean detectsReplacements() {
    return replacement.isPresent();
  }

  boolean predictsTokens() {
    return prediction.isPresent();
  }

  boolean answersQuestions() {
    return answer.isPresent();
  }

  boolean classifies() {
    return classifier.isPresent();
  }

  int classes() {
    return classifier.map(head -> Math.toIntExact(head.bias().elements())).orElse(0);
  }

  Tensor replacements(Tape tape, Tensor hidden) {
    var head = orMissing(replacement, "discriminator's head");
    return in(tape, "discriminator_predictions", () -> head.forward(tape, hidden));
  }

  Tensor predictTokens(Tape tape, Tensor hidden) {
    var head = orMissing(prediction, "masked-language-model head");
    return in(tape, PREDICTIONS, () -> head.forward(tape, hidden));
  }

  Tensor answerSpans(Tape tape, Tensor hidden) {
    var head = orMissing(answer, "question-answering head");
    return in(tape, ANSWERS, () -> head.forward(tape, hidden));
  }

  Tensor pool(Tape tape, Tensor hidden) {
    var dense = orMissing(pooler, "pooler");
    return in(
        tape,
        POOLER,
        () -> {
          var first = Slice.apply(tape, hidden, 1, 0, 1);
          var flat = Reshape.apply(tape, first, hidden.size(0), config.hiddenSize());
          return Tanh.apply(tape, dense.forward(tape, flat));
        });
  }

  Tensor classify(Tape tape, Tensor hidden) {
    var head = orMissing(classifier, "sequence-classification head");
    var pooled = pool(tape, hidden);
    var logits = in(tape, CLASSIFIER, () -> head.forward(tape, pooled));
    tape.discard(pooled);
    return logits;
  }

  /** What is computed under a layer's name. */
  private static Tensor in(Tape tape, String layer, Supplier<Tensor> output) {
    tape.enterLayer(layer);
    var computed = output.get();
    tape.enterLayer("");
    return computed;
  }

  private static <T> T orMissing(Optional<T> head, String name) {
    return head.orElseThrow(
        () ->
            new IllegalArgumentException(
                "These weights hold no %s; load a model that does.".formatted(name)));
  }
}
