package org.pellucid.models.bert;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The fully connected layers of an encoder layer, each of which a low-rank adapter may change. */
public enum AdaptedProjection {
  /** What each token looks for. */
  QUERY("query", "attention.self.query"),
  /** What each token is found by. */
  KEY("key", "attention.self.key"),
  /** What each token hands out. */
  VALUE("value", "attention.self.value"),
  /** The projection of what a token attended to. */
  ATTENTION_OUTPUT("attention-output", "attention.output.dense"),
  /** The first layer of the feed-forward network. */
  INTERMEDIATE("intermediate", "intermediate.dense"),
  /** The second layer of the feed-forward network. */
  OUTPUT("output", "output.dense");

  private final String title;
  private final String suffix;

  AdaptedProjection(String title, String suffix) {
    this.title = title;
    this.suffix = suffix;
  }

  /** The names that {@link #named} knows. */
  public static List<String> names() {
    return Arrays.stream(values()).map(AdaptedProjection::title).toList();
  }

  /** The projection of a name such as {@code attention-output}, if there is one. */
  public static Optional<AdaptedProjection> named(String name) {
    return Arrays.stream(values()).filter(value -> value.title.equals(name)).findFirst();
  }

  /** The name by which it is chosen, such as {@code attention-output}. */
  public String title() {
    return title;
  }

  /** What its name at Hugging Face ends in within a layer, such as {@code output.dense}. */
  public String suffix() {
    return suffix;
  }

  /**
   * Its name at Hugging Face, such as {@code bert.encoder.layer.3.attention.self.query}.
   *
   * @param layer from 0
   */
  public String module(int layer) {
    return EncoderLayer.name(layer) + "." + suffix;
  }

  long inputs(BertConfig config) {
    return this == OUTPUT ? config.intermediateSize() : config.hiddenSize();
  }

  long outputs(BertConfig config) {
    return this == INTERMEDIATE ? config.intermediateSize() : config.hiddenSize();
  }
}
