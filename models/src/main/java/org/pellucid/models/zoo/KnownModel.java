package org.pellucid.models.zoo;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A model of texts that is known by its name, and the Maven artifact that holds it. */
public enum KnownModel {
  /** 12 layers of 768, English with capitals, 28,996 pieces. */
  BERT_BASE_CASED("bert-base-cased", new ModelArtifact.EasyBert("cased"), 405),
  /** 12 layers of 768, English in lower case, 30,522 pieces. */
  BERT_BASE_UNCASED("bert-base-uncased", new ModelArtifact.EasyBert("uncased"), 408),
  /** 12 layers of 768, 104 languages with capitals, 119,547 pieces. */
  BERT_BASE_MULTILINGUAL_CASED(
      "bert-base-multilingual-cased", new ModelArtifact.EasyBert("multi-cased"), 664),
  /**
   * 12 layers of 384, English in lower case: sentences as vectors of the first token (Xiao et al.,
   * 2023).
   */
  BGE_SMALL_EN(
      "bge-small-en", new ModelArtifact.Encoder("bge-small-en", "", "0.36.2", 12, true), 79),
  /** The same, trained anew for similarities that are spread wider. */
  BGE_SMALL_EN_V1_5(
      "bge-small-en-v1.5",
      new ModelArtifact.Encoder("bge-small-en", "-v1.5", "0.36.2", 12, true),
      78),
  /**
   * 6 layers of 384, English in lower case: sentences as means over their tokens (Reimers and
   * Gurevych, 2019; Wang et al., 2020).
   */
  ALL_MINILM_L6_V2(
      "all-minilm-l6-v2",
      new ModelArtifact.Encoder("all-minilm-l6-v2", "", "1.19.0-beta29", 6, false),
      83);

  private final String modelName;
  private final ModelArtifact artifact;
  private final int megabytes;

  KnownModel(String modelName, ModelArtifact artifact, int megabytes) {
    this.modelName = modelName;
    this.artifact = artifact;
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

  /** Whether it is made for vectors of sentences, and has no heads for words or answers. */
  public boolean encodesSentences() {
    return artifact instanceof ModelArtifact.Encoder;
  }

  /** The Maven coordinates, {@code group:artifact:version}. */
  public String coordinates() {
    return "%s:%s:%s".formatted(artifact.group(), artifact.name(), artifact.version());
  }

  /** The rounded size of the artifact in megabytes (10⁶ bytes). */
  public int megabytes() {
    return megabytes;
  }

  ModelArtifact artifact() {
    return artifact;
  }

  /** The path of the artifact's directory in a Maven repository. */
  String repositoryPath() {
    return "%s/%s/%s"
        .formatted(artifact.group().replace('.', '/'), artifact.name(), artifact.version());
  }

  String jarName() {
    return "%s-%s.jar".formatted(artifact.name(), artifact.version());
  }
}
