package org.pellucid.weights.convert;

import java.util.List;
import java.util.Optional;

/** The encoders that are made of BERT's layers. */
enum BertKind {
  /** Devlin et al., 2019. */
  BERT("bert", "encoder.layer."),
  /** Sanh et al., 2019: no token types, no pooler, own names. */
  DISTILBERT("distilbert", "transformer.layer."),
  /** Clark et al., 2020: embeddings may be narrower than the hidden states. */
  ELECTRA("electra", "encoder.layer.");

  private record Rule(String from, String to) {}

  private static final List<Rule> DISTILBERT_NAMES =
      List.of(
          new Rule("distilbert.embeddings.", "bert.embeddings."),
          new Rule("distilbert.transformer.layer.", "bert.encoder.layer."),
          new Rule("vocab_transform.", "cls.predictions.transform.dense."),
          new Rule("vocab_layer_norm.", "cls.predictions.transform.LayerNorm."),
          new Rule("vocab_projector.", "cls.predictions.decoder."));
  private static final List<Rule> DISTILBERT_PARTS =
      List.of(
          new Rule(".attention.q_lin.", ".attention.self.query."),
          new Rule(".attention.k_lin.", ".attention.self.key."),
          new Rule(".attention.v_lin.", ".attention.self.value."),
          new Rule(".attention.out_lin.", ".attention.output.dense."),
          new Rule(".sa_layer_norm.", ".attention.output.LayerNorm."),
          new Rule(".ffn.lin1.", ".intermediate.dense."),
          new Rule(".ffn.lin2.", ".output.dense."),
          new Rule(".output_layer_norm.", ".output.LayerNorm."));
  private static final List<Rule> ELECTRA_NAMES =
      List.of(
          new Rule("electra.", "bert."),
          new Rule("generator_predictions.dense.", "cls.predictions.transform.dense."),
          new Rule("generator_predictions.LayerNorm.", "cls.predictions.transform.LayerNorm."),
          new Rule("generator_lm_head.", "cls.predictions.decoder."));

  private final String title;
  private final String layers;

  BertKind(String title, String layers) {
    this.title = title;
    this.layers = layers;
  }

  /** The kind whose parameters' names begin with a word, if one does. */
  static Optional<BertKind> named(String word) {
    return List.of(values()).stream().filter(kind -> kind.title.equals(word)).findFirst();
  }

  /** The beginning of the parameters' names. */
  String prefix() {
    return title + ".";
  }

  /** How the names of the layers begin, behind the prefix. */
  String layers() {
    return layers;
  }

  /** The name that BERT gives a parameter of this kind. */
  String ofBert(String name) {
    return switch (this) {
      case BERT -> name;
      case ELECTRA -> begun(name, ELECTRA_NAMES);
      case DISTILBERT ->
          name.startsWith(prefix() + layers)
              ? within(begun(name, DISTILBERT_NAMES), DISTILBERT_PARTS)
              : begun(name, DISTILBERT_NAMES);
    };
  }

  private static String begun(String name, List<Rule> rules) {
    return rules.stream()
        .filter(rule -> name.startsWith(rule.from()))
        .findFirst()
        .map(rule -> rule.to() + name.substring(rule.from().length()))
        .orElse(name);
  }

  private static String within(String name, List<Rule> rules) {
    return rules.stream()
        .filter(rule -> name.contains(rule.from()))
        .findFirst()
        .map(rule -> name.replace(rule.from(), rule.to()))
        .orElse(name);
  }
}
