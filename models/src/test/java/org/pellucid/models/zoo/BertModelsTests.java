package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class BertModelsTests {

  @Test
  void knowsTheQuestionAnsweringModelAsAnotherOneOnTheSameFiles() {
    assertThat(BertModels.names())
        .containsExactly(
            "bert-base-cased",
            "bert-base-uncased",
            "bert-base-multilingual-cased",
            "bge-small-en",
            "bge-small-en-v1.5",
            "all-minilm-l6-v2",
            "bert-base-cased-qa");
    assertThat(BertModels.base("bert-base-cased-qa")).contains(KnownModel.BERT_BASE_CASED);
    assertThat(BertModels.base("bert-base-cased")).contains(KnownModel.BERT_BASE_CASED);
    assertThat(BertModels.base("elsewhere")).isEmpty();
  }

  @Test
  void mergesTheAdapterIntoTheQuestionAnsweringModelAlone() throws Exception {
    assumeTrue(
        new BertArtifacts(_ -> {}).isLocal(KnownModel.BERT_BASE_CASED),
        "bert-base-cased is not in the local Maven repository");
    var query = "bert.encoder.layer.11.attention.self.query.weight";
    float[] plain;
    try (var loaded = BertModels.open("bert-base-cased", _ -> {})) {
      assertThat(loaded.model().answersQuestions()).isFalse();
      plain = loaded.model().parameters().get(query).toFloats();
    }
    try (var loaded = BertModels.open("bert-base-cased-qa", _ -> {})) {
      assertThat(loaded.name())
          .isEqualTo(
              "bert-base-cased-qa (bert-base-cased with the adapter qa-adapter.safetensors)");
      assertThat(loaded.model().answersQuestions()).isTrue();
      assertThat(loaded.model().parameters().get(query).toFloats()).isNotEqualTo(plain);
    }
  }
}
