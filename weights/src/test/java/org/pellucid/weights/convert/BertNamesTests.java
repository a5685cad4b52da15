package org.pellucid.weights.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Encoders found behind whatever stands before their names. */
class BertNamesTests {
  @TempDir Path directory;

  private Checkpoint checkpoint(List<String> names) {
    var tensors = new ArrayList<WeightTensor>();
    for (var name : names) {
      var bytes = WeightTensor.encode(new double[] {1}, DType.F32);
      tensors.add(WeightTensor.of(new TensorInfo(name, DType.F32, new long[] {1}), () -> bytes));
    }
    var file = directory.resolve("in.safetensors");
    SafetensorsWriter.write(file, tensors, Map.of());
    return WeightFiles.open(file);
  }

  private static List<String> encoder(String prefix) {
    return new ArrayList<>(
        List.of(
            prefix + "embeddings.word_embeddings.weight",
            prefix + "embeddings.LayerNorm.gamma",
            prefix + "encoder.layer.0.attention.self.query.weight",
            prefix + "pooler.dense.weight"));
  }

  private static final String[] PLAIN = {
    "bert.embeddings.word_embeddings.weight",
    "bert.embeddings.LayerNorm.weight",
    "bert.encoder.layer.0.attention.self.query.weight",
    "bert.pooler.dense.weight"
  };

  @ParameterizedTest
  @CsvSource({
    "bert., ''",
    "'', ''",
    "module.bert., module.",
    "_orig_mod.module.bert., _orig_mod.module.",
    "module._orig_mod.model.bert., module._orig_mod.model.",
    "encoder., encoder.",
    "model.encoder., model.encoder.",
    "net.my_own_class.bert., net.my_own_class.",
    "bert.bert., bert."
  })
  void leavesOutWhateverStandsBefore(String prefix, String wrapper) {
    var names = encoder(prefix);
    names.add(wrapper + "cls.predictions.bias");
    names.add(wrapper + "other.weight");
    try (var opened = checkpoint(names)) {
      for (var found : List.of(BertNames.asBert(opened), BertNames.huggingFace(opened))) {
        assertThat(found.names()).contains(PLAIN).contains("cls.predictions.bias", "other.weight");
        assertThat(found.names()).hasSize(6);
        assertThat(found.notes()).hasSize(wrapper.isEmpty() ? 0 : 1);
        assertThat(found.notes()).allMatch(note -> note.contains(" begin with " + wrapper + ", "));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model.", "model.encoder.", "model.encoder.bert."})
  void findsHeadsUnderEveryOuterPrefix(String outer) {
    var names = encoder("model.encoder.bert.");
    names.add(outer + "qa_outputs.weight");
    try (var opened = checkpoint(names)) {
      assertThat(BertNames.asBert(opened).names()).contains(PLAIN).contains("qa_outputs.weight");
    }
  }

  @Test
  void refusesTwoEncodersButConvertsThem() {
    var names = encoder("question.bert.");
    names.addAll(encoder("answer.bert."));
    try (var opened = checkpoint(names)) {
      assertThat(catchThrowableOfType(WeightsException.class, () -> BertNames.asBert(opened)))
          .hasMessageContaining("2 BERT models")
          .hasMessageContaining("answer.bert. and question.bert.");
      assertThat(BertNames.huggingFace(opened).names())
          .contains("question.bert.embeddings.LayerNorm.weight");
    }
  }

  @Test
  void givesDistilBertBertsNamesForAModelAndItsOwnForAFile() {
    var names =
        List.of(
            "module.distilbert.embeddings.word_embeddings.weight",
            "module.distilbert.transformer.layer.0.attention.q_lin.weight",
            "module.distilbert.transformer.layer.0.sa_layer_norm.bias",
            "module.distilbert.transformer.layer.11.ffn.lin2.weight",
            "module.vocab_projector.bias");
    try (var opened = checkpoint(names)) {
      assertThat(BertNames.huggingFace(opened).names())
          .containsExactlyElementsOf(
              names.stream().map(name -> name.substring("module.".length())).toList());
      assertThat(BertNames.asBert(opened).names())
          .containsExactly(
              "bert.embeddings.word_embeddings.weight",
              "bert.encoder.layer.0.attention.self.query.weight",
              "bert.encoder.layer.0.attention.output.LayerNorm.bias",
              "bert.encoder.layer.11.output.dense.weight",
              "cls.predictions.decoder.bias");
    }
  }

  @Test
  void takesNarrowEmbeddingsWithoutAPrefixForElectras() {
    var names = encoder("");
    names.add("embeddings_project.weight");
    try (var opened = checkpoint(names)) {
      assertThat(BertNames.huggingFace(opened).names()).contains("electra.pooler.dense.weight");
      assertThat(BertNames.asBert(opened).names())
          .contains(PLAIN)
          .contains("bert.embeddings_project.weight");
    }
  }

  @Test
  void refusesOtherFamiliesByName() {
    for (var family : List.of("roberta", "deberta", "ernie")) {
      try (var opened = checkpoint(encoder("model." + family + "."))) {
        assertThat(catchThrowableOfType(WeightsException.class, () -> BertNames.asBert(opened)))
            .hasMessageContaining("the family " + family);
        assertThat(BertNames.huggingFace(opened).names())
            .contains("model." + family + ".pooler.dense.weight");
      }
    }
    var bare =
        List.of(
            "embeddings.word_embeddings.weight",
            "encoder.albert_layer_groups.0.albert_layers.0.ffn.weight");
    try (var opened = checkpoint(bare)) {
      assertThat(catchThrowableOfType(WeightsException.class, () -> BertNames.asBert(opened)))
          .hasMessageContaining("the family albert");
    }
  }

  @Test
  void survivesNamesOfDotsAlone() {
    for (var prefix : List.of(".", "..", "a..", "bert..")) {
      try (var opened = checkpoint(encoder(prefix))) {
        assertThat(BertNames.asBert(opened).names()).contains(PLAIN);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cls/squad/output_weights, qa_outputs.weight",
    "cls/squad/output_bias, qa_outputs.bias",
    "electra/encoder/layer_1/output/LayerNorm/gamma,"
        + " electra.encoder.layer.1.output.LayerNorm.weight",
    "bert/embeddings/LayerNorm/beta/adam_m, bert/embeddings/LayerNorm/beta/adam_m"
  })
  void knowsTheNamesOfTensorFlow(String old, String today) {
    try (var opened = checkpoint(List.of(old))) {
      assertThat(BertNames.huggingFace(opened).names()).containsExactly(today);
    }
  }
}
