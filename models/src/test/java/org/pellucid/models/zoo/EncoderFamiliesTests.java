package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.BertModel;
import org.pellucid.weights.DType;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.UnusableFileException;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** The encoders made of BERT's layers, each from a folder as it is published, by plain loops. */
class EncoderFamiliesTests {
  private static final int HIDDEN = 8;
  private static final int INNER = 12;
  private static final int WORDS = 9;
  private static final int[] IDS = {2, 5, 6, 3, 7, 3};
  private static final int[] SEGMENTS = {0, 0, 0, 0, 1, 1};

  /** Two layers of width 8 in single precision, whose values are of the order of 1. */
  private static final double TOLERANCE = 2e-5;

  @TempDir Path directory;

  private final Random random = new Random(4);
  private final Map<String, double[]> weights = new LinkedHashMap<>();
  private final List<WeightTensor> tensors = new ArrayList<>();

  private void put(String name, long... shape) {
    var values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    weights.put(name, values);
    var bytes = WeightTensor.encode(values, DType.F32);
    tensors.add(WeightTensor.of(new TensorInfo(name, DType.F32, shape), () -> bytes));
  }

  private void dense(String name, int outputs, int inputs) {
    put(name + ".weight", outputs, inputs);
    put(name + ".bias", outputs);
  }

  private void norm(String name, int size) {
    put(name + ".weight", size);
    put(name + ".bias", size);
  }

  /** An encoder of two layers. */
  private void encoder(UnaryOperator<String> names, int embedding, boolean hasSegments) {
    var begin = "bert.embeddings.";
    put(names.apply(begin + "word_embeddings.weight"), WORDS, embedding);
    put(names.apply(begin + "position_embeddings.weight"), 10, embedding);
    if (hasSegments) {
      put(names.apply(begin + "token_type_embeddings.weight"), 2, embedding);
    }
    norm(bare(names, begin + "LayerNorm"), embedding);
    if (embedding != HIDDEN) {
      dense(bare(names, "bert.embeddings_project"), HIDDEN, embedding);
    }
    for (var layer = 0; layer < 2; layer++) {
      var part = "bert.encoder.layer." + layer + ".";
      for (var projection : List.of("self.query", "self.key", "self.value", "output.dense")) {
        dense(bare(names, part + "attention." + projection), HIDDEN, HIDDEN);
      }
      norm(bare(names, part + "attention.output.LayerNorm"), HIDDEN);
      dense(bare(names, part + "intermediate.dense"), INNER, HIDDEN);
      dense(bare(names, part + "output.dense"), HIDDEN, INNER);
      norm(bare(names, part + "output.LayerNorm"), HIDDEN);
    }
  }

  private static String bare(UnaryOperator<String> names, String module) {
    var named = names.apply(module + ".weight");
    return named.substring(0, named.length() - ".weight".length());
  }

  private Path folder(String config) throws IOException {
    SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors, Map.of());
    Files.writeString(directory.resolve("config.json"), config.replace('\'', '"'));
    Files.writeString(
        directory.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\n");
    return directory;
  }

  private static final String SIZES =
      "'vocab_size': 9, 'hidden_size': 8, 'num_hidden_layers': 2, 'num_attention_heads': 2,"
          + " 'intermediate_size': 12, 'max_position_embeddings': 10, 'type_vocab_size': 2";

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private static void checkClose(Tensor actual, double[][] expected) {
    var values = actual.toDoubles();
    var right = flat(expected);
    assertThat(values).hasSameSizeAs(right);
    for (var i = 0; i < right.length; i++) {
      assertThat(values[i]).as("[%d]", i).isCloseTo(right[i], within(TOLERANCE));
    }
  }

  private static Tensor encode(Tape tape, BertModel model) {
    var ids = Tensor.of(IDS, 1, IDS.length);
    var segments = Tensor.of(SEGMENTS, 1, IDS.length);
    return model.encode(tape, model.wordEmbeddings(tape, ids), segments, Optional.empty());
  }

  private PlainEncoder plain(
      UnaryOperator<String> names, int embedding, DoubleUnaryOperator activation) {
    return new PlainEncoder(weights, names, embedding, HIDDEN, INNER, 2, 2, activation);
  }

  private static String distilled(String name) {
    return name.replace("bert.encoder.layer", "distilbert.transformer.layer")
        .replace("attention.self.query", "attention.q_lin")
        .replace("attention.self.key", "attention.k_lin")
        .replace("attention.self.value", "attention.v_lin")
        .replace("attention.output.dense", "attention.out_lin")
        .replace("attention.output.LayerNorm", "sa_layer_norm")
        .replace("intermediate.dense", "ffn.lin1")
        .replaceAll("(layer\\.\\d\\.)output\\.dense", "$1ffn.lin2")
        .replaceAll("(layer\\.\\d\\.)output\\.LayerNorm", "$1output_layer_norm")
        .replace("bert.embeddings", "distilbert.embeddings")
        .replace("distildistil", "distil");
  }

  @Test
  void computesDistilBertWithItsHead() throws Exception {
    encoder(EncoderFamiliesTests::distilled, HIDDEN, false);
    dense("vocab_transform", HIDDEN, HIDDEN);
    norm("vocab_layer_norm", HIDDEN);
    dense("vocab_projector", WORDS, HIDDEN);
    var folder =
        folder(
            "{'model_type': 'distilbert', 'vocab_size': 9, 'dim': 8, 'n_layers': 2, 'n_heads': 2,"
                + " 'hidden_dim': 12, 'max_position_embeddings': 10, 'activation': 'gelu'}");
    try (var loaded = BertModels.open(folder.toString(), _ -> {});
        var tape = new Tape()) {
      var last = encode(tape, loaded.model());
      var plain = plain(EncoderFamiliesTests::distilled, HIDDEN, PlainEncoder::gelu);
      var expected = plain.encode(IDS, new int[0]);
      checkClose(last, expected);
      var head = new PlainEncoder(weights, name -> name, 8, 8, 12, 2, 2, PlainEncoder::gelu);
      var logits =
          head.dense(
              "vocab_projector",
              head.norm(
                  "vocab_layer_norm",
                  head.activated(head.dense("vocab_transform", expected, HIDDEN))),
              WORDS);
      checkClose(loaded.model().predictTokens(tape, last), logits);
      assertThat(loaded.notes()).isEmpty();
    }
    assertThatExceptionOfType(UnusableFileException.class)
        .isThrownBy(
            () ->
                TunableModel.open(
                    folder.toString(), Optional.empty(), OpenOptions.standard(), 0, _ -> {}))
        .withMessageContaining("only BERT itself can be tuned");
  }

  @ParameterizedTest
  @ValueSource(ints = {5, HIDDEN})
  void computesElectrasDiscriminator(int embedding) throws Exception {
    UnaryOperator<String> names = name -> name.replace("bert.", "electra.");
    encoder(names, embedding, true);
    dense("discriminator_predictions.dense", HIDDEN, HIDDEN);
    dense("discriminator_predictions.dense_prediction", 1, HIDDEN);
    var folder =
        folder("{'model_type': 'electra', 'embedding_size': %d, %s}".formatted(embedding, SIZES));
    try (var loaded = BertModels.open(folder.toString(), _ -> {});
        var tape = new Tape()) {
      var last = encode(tape, loaded.model());
      var plain = plain(names, embedding, PlainEncoder::gelu);
      var expected = plain.encode(IDS, SEGMENTS);
      checkClose(last, expected);
      var head = new PlainEncoder(weights, name -> name, 8, 8, 12, 2, 2, PlainEncoder::gelu);
      var inner = head.activated(head.dense("discriminator_predictions.dense", expected, HIDDEN));
      checkClose(
          loaded.model().replacements(tape, last),
          head.dense("discriminator_predictions.dense_prediction", inner, 1));
      assertThat(loaded.model().predictsTokens()).isFalse();
      assertThat(loaded.model().config().embeddingSize()).isEqualTo(embedding);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gelu", "gelu_new", "gelu_pytorch_tanh", "relu"})
  void computesEveryActivation(String name) throws Exception {
    encoder(UnaryOperator.identity(), HIDDEN, true);
    var folder = folder("{'hidden_act': '%s', %s}".formatted(name, SIZES));
    DoubleUnaryOperator activation =
        switch (name) {
          case "gelu" -> PlainEncoder::gelu;
          case "relu" -> x -> Math.max(x, 0);
          default -> PlainEncoder::tanhGelu;
        };
    try (var loaded = BertModels.open(folder.toString(), _ -> {});
        var tape = new Tape()) {
      checkClose(
          encode(tape, loaded.model()),
          plain(UnaryOperator.identity(), HIDDEN, activation).encode(IDS, SEGMENTS));
    }
  }

  @Test
  void refusesOtherActivationsByName() throws Exception {
    encoder(UnaryOperator.identity(), HIDDEN, true);
    var folder = folder("{'hidden_act': 'silu', " + SIZES + "}").toString();
    assertThatExceptionOfType(UnusableFileException.class)
        .isThrownBy(() -> BertModels.open(folder, _ -> {}))
        .withMessageContaining("silu")
        .withMessageContaining("gelu_new");
  }

  @Test
  void computesSentenceEncodersWithoutPrefixOrHead() throws Exception {
    UnaryOperator<String> names = name -> name.replace("bert.", "");
    encoder(names, HIDDEN, true);
    put("pooler.dense.weight", HIDDEN, HIDDEN);
    put("pooler.dense.bias", HIDDEN);
    var inner = Files.createDirectory(directory.resolve("0_Transformer"));
    folder("{'model_type': 'bert', " + SIZES + "}");
    for (var name : List.of("model.safetensors", "config.json", "vocab.txt")) {
      Files.move(directory.resolve(name), inner.resolve(name));
    }
    Files.writeString(
        directory.resolve("modules.json"),
        """
        [{"idx": 0, "path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
        """);
    try (var loaded = BertModels.open(directory.toString(), _ -> {});
        var tape = new Tape()) {
      checkClose(
          encode(tape, loaded.model()),
          plain(names, HIDDEN, PlainEncoder::gelu).encode(IDS, SEGMENTS));
      assertThat(loaded.model().predictsTokens()).isFalse();
      assertThat(loaded.notes()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"roberta", "deberta", "mpnet"})
  void refusesOtherFamiliesByTheirTensors(String family) throws Exception {
    encoder(name -> name.replace("bert.", family + "."), HIDDEN, true);
    var folder = folder("{" + SIZES + "}").toString();
    assertThatExceptionOfType(UnusableFileException.class)
        .isThrownBy(() -> BertModels.open(folder, _ -> {}))
        .withMessageContaining("family " + family);
  }

  @Test
  void goesByTheTensorsWhereTheConfigurationLagsBehind() throws Exception {
    encoder(UnaryOperator.identity(), HIDDEN, true);
    put("bert.embeddings.position_ids", 1, 10);
    for (var size : List.of(7, 12)) {
      var folder = folder("{" + SIZES.replace("9", size.toString()) + "}");
      try (var loaded = BertModels.open(folder.toString(), _ -> {});
          var tape = new Tape()) {
        assertThat(loaded.model().config().vocabularySize()).isEqualTo(WORDS);
        assertThat(loaded.notes()).singleElement().asString().contains("hold 9");
        checkClose(
            encode(tape, loaded.model()),
            plain(UnaryOperator.identity(), HIDDEN, PlainEncoder::gelu).encode(IDS, SEGMENTS));
      }
    }
  }

  @Test
  void saysThatLayersAreLeftOut() throws Exception {
    encoder(UnaryOperator.identity(), HIDDEN, true);
    var folder =
        folder("{" + SIZES.replace("'num_hidden_layers': 2", "'num_hidden_layers': 1") + "}");
    try (var loaded = BertModels.open(folder.toString(), _ -> {})) {
      assertThat(loaded.notes())
          .singleElement()
          .asString()
          .contains("more encoder layers than the 1");
    }
  }

  @Test
  void saysWhichParameterOfWhichFileIsMissing() throws Exception {
    encoder(UnaryOperator.identity(), HIDDEN, true);
    var folder =
        folder("{" + SIZES.replace("'num_hidden_layers': 2", "'num_hidden_layers': 3") + "}")
            .toString();
    assertThatExceptionOfType(UnusableFileException.class)
        .isThrownBy(() -> BertModels.open(folder, _ -> {}))
        .withMessageContaining("model.safetensors")
        .withMessageContaining("bert.encoder.layer.2.");
  }

  @Test
  void refusesQuantisedWeights() throws Exception {
    encoder(UnaryOperator.identity(), HIDDEN, true);
    var name = "bert.encoder.layer.1.output.dense.weight";
    assertThat(tensors.removeIf(tensor -> tensor.info().name().equals(name))).isTrue();
    var bytes = WeightTensor.allocate(INNER * HIDDEN);
    var info = new TensorInfo(name, DType.I8, new long[] {HIDDEN, INNER});
    tensors.add(WeightTensor.of(info, () -> bytes));
    var folder = folder("{" + SIZES + "}").toString();
    assertThatExceptionOfType(UnusableFileException.class)
        .isThrownBy(() -> BertModels.open(folder, _ -> {}))
        .withMessageContaining(name)
        .withMessageContaining("quantised");
  }
}
