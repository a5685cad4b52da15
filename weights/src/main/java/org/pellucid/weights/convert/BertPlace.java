package org.pellucid.weights.convert;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where an encoder made of BERT's layers lies among a file's names: what stands before {@code
 * embeddings.word_embeddings.weight}.
 *
 * @param prefix all that stands before, such as {@code _orig_mod.bert.}
 * @param wrapper the part of it that no model of Hugging Face's has, such as {@code _orig_mod.}
 */
record BertPlace(BertKind kind, String prefix, String wrapper) {
  private static final String WORDS = "embeddings.word_embeddings.weight";

  private static final Pattern PART =
      Pattern.compile(
          "(?:embeddings|embeddings_project|encoder\\.layer|transformer\\.layer|pooler)\\..*");

  private static final Pattern HEAD =
      Pattern.compile(
          "(?:cls|qa_outputs|classifier|pre_classifier|vocab_transform|vocab_layer_norm"
              + "|vocab_projector|discriminator_predictions|generator_predictions"
              + "|generator_lm_head)\\..*");

  /** Families whose names end alike and whose layers or positions are others. */
  private static final Set<String> OTHERS =
      Set.of(
          "roberta",
          "albert",
          "deberta",
          "mpnet",
          "mobilebert",
          "longformer",
          "layoutlm",
          "layoutlmv2",
          "ernie",
          "nezha",
          "convbert",
          "nystromformer",
          "xmod",
          "esm",
          "splinter",
          "rembert",
          "funnel",
          "luke",
          "yoso",
          "mra",
          "ibert",
          "qdqbert",
          "megatron");

  /**
   * The encoders that a file holds.
   *
   * @param names of the file's tensors, dotted
   */
  static List<BertPlace> in(Collection<String> names) {
    var found = new ArrayList<BertPlace>();
    for (var name : names) {
      var isWhole = name.equals(WORDS) || name.endsWith("." + WORDS);
      var prefix = isWhole ? name.substring(0, name.length() - WORDS.length()) : "";
      if (isWhole && !OTHERS.contains(lastWord(prefix))) {
        kind(prefix, names).map(kind -> of(kind, prefix)).ifPresent(found::add);
      }
    }
    return found;
  }

  /** The family of the encoder with other layers that a file holds, if it holds one. */
  static Optional<String> other(Collection<String> names) {
    return names.stream()
        .filter(name -> name.endsWith("." + WORDS))
        .map(name -> lastWord(name.substring(0, name.length() - WORDS.length())))
        .filter(OTHERS::contains)
        .findFirst()
        .or(
            () ->
                names.stream().anyMatch(name -> name.contains("albert_layer_groups."))
                    ? Optional.of("albert")
                    : Optional.empty());
  }

  private static Optional<BertKind> kind(String prefix, Collection<String> names) {
    var layer = prefix + BertKind.BERT.layers() + "0.attention.self.query.weight";
    if (names.contains(layer)) {
      return BertKind.named(lastWord(prefix))
          .filter(kind -> kind != BertKind.DISTILBERT)
          .or(
              () ->
                  Optional.of(
                      names.contains(prefix + "embeddings_project.weight")
                          ? BertKind.ELECTRA
                          : BertKind.BERT));
    }
    var own = prefix + BertKind.DISTILBERT.layers() + "0.attention.q_lin.weight";
    return names.contains(own) ? Optional.of(BertKind.DISTILBERT) : Optional.empty();
  }

  private static BertPlace of(BertKind kind, String prefix) {
    var wrapper = BertKind.named(lastWord(prefix)).isPresent() ? shortened(prefix) : prefix;
    return new BertPlace(kind, prefix, wrapper);
  }

  private static String lastWord(String prefix) {
    var whole = prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
    return whole.substring(whole.lastIndexOf('.') + 1);
  }

  /** The name without the wrapper; that of an encoder saved alone gets the kind's prefix. */
  String unwrapped(String name) {
    var part = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    if (PART.matcher(part).matches()) {
      return kind.prefix() + part;
    }
    for (var outer = prefix; ; outer = shortened(outer)) {
      var rest = name.startsWith(outer) ? name.substring(outer.length()) : "";
      if (HEAD.matcher(rest).matches()) {
        return rest;
      }
      if (outer.isEmpty()) {
        return name.startsWith(wrapper) ? name.substring(wrapper.length()) : name;
      }
    }
  }

  /** The prefix without its last word. */
  private static String shortened(String prefix) {
    return prefix.substring(0, prefix.lastIndexOf('.', prefix.length() - 2) + 1);
  }
}
