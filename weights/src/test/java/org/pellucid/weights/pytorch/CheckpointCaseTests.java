package org.pellucid.weights.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.Content;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.SharedCases;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;

/** Checkpoints as training scripts write them, which PyTorch 1.13 reads. */
class CheckpointCaseTests {
  /** Their network is that of {@code plain.pth} beside them. */
  @ParameterizedTest
  @CsvSource({
    "more/W1a.pth, ''",
    "more/W1b.pth, ''",
    "more/W2a.pth, module.",
    "more/W2b.pth, module.",
    "more/W2e.pth, ''",
    "more/W2f.pth, ''",
    "more/W2x.pth, module.",
    "more/W3a.pth, ''",
    "more/W3b.pth, ''",
    "more/W3l.pth, ''",
    "more/W4a.ckpt, model.",
    "more/W4b.ckpt, model.",
    "more/W4e.ckpt, model.",
    "more/W4f.pth, ''",
    "more/W13a.pth, ''",
    "more/W13b.pth, ''",
    "more/W13c.pth, ''",
    "more/W24a.pth, ''",
    "more/W24b.pth, ''",
    "more/W24d.pth, ''",
    "more/W24f.pth, ''",
    "more/W26q.pth, ''",
    "more/W26s.pth, ''"
  })
  void holdTheWeightsOfThePlainOne(String file, String prefix) {
    checkSame(SharedCases.at("more/plain.pth"), SharedCases.at(file), prefix);
  }

  /** Their network is that of {@code protocol4.pth}. */
  @ParameterizedTest
  @CsvSource({
    "imagenet_script.pth, module.",
    "numpy_scalar.pth, ''",
    "numpy2_scalar.pth, ''",
    "lightning.ckpt, model.",
    "odd_keys.pth, ''",
    "quantised_beside.pth, ''",
    "sparse_beside.pth, ''",
    "torch_objects.pth, ''",
    "model_and_ema.pth, ''",
    "nested_network.pth, ''"
  })
  void holdTheWeightsOfTheGoldenOne(String file, String prefix) {
    checkSame(SharedCases.at("protocol4.pth"), SharedCases.at(file), prefix);
  }

  private static void checkSame(Path expected, Path file, String prefix) {
    try (var plain = WeightFiles.open(expected);
        var checkpoint = WeightFiles.open(file)) {
      assertThat(checkpoint.names())
          .containsExactlyElementsOf(plain.names().stream().map(prefix::concat).toList());
      plain
          .tensors()
          .forEach(
              (name, tensor) ->
                  assertThat(checkpoint.tensor(prefix + name).sha256())
                      .as(name)
                      .isEqualTo(tensor.sha256()));
    }
  }

  @Test
  void readAWholeModuleWithoutItsClass() {
    checkSame(SharedCases.at("whole_module_plain.pth"), SharedCases.at("whole_module.pth"), "");
    try (var checkpoint = WeightFiles.open(SharedCases.at("whole_module.pth"))) {
      assertThat(checkpoint.content())
          .containsExactly(
              Content.leaf(".", "weights", "9 tensors of the module __main__.Classifier"));
    }
  }

  @Test
  void refuseCodeInPlaceOfATensor() {
    var error = refusal(SharedCases.at("more/W2y.pth"), OpenOptions.standard());
    assertThat(error.kind()).isEqualTo(Cause.FORBIDDEN_CODE);
    assertThat(error).hasMessageContaining("fc.2.bias").hasMessageContaining("posix.system");
  }

  @Test
  void showWhatStandsBesideTheWeights() {
    assertThat(content("more/W1b.pth")).contains("best_acc float 0.8125");
    assertThat(content("more/W2x.pth"))
        .contains("best_acc1 object posix.system(\"touch /tmp/cases/out/EXECUTED\")");
    assertThat(content("more/W4e.ckpt"))
        .contains(
            "hyper_parameters.act name torch.nn.modules.activation.ReLU",
            "hyper_parameters.dev object torch.device(\"cpu\")");
    assertThat(content("lightning.ckpt"))
        .contains(
            "hyper_parameters.args object argparse.Namespace",
            "hyper_parameters.args.lr float 0.1",
            "state_dict weights 25 tensors");
    assertThat(content("odd_keys.pth"))
        .contains(
            "classes.0 str \"a\"",
            "classes.(1, 2) str \"b\"",
            "classes.None str \"c\"",
            "classes.1.5 str \"d\"",
            "classes.\"0\" str \"e\"");
    assertThat(content("more/W26q.pth")).contains("extra tensor quantised (qint8) [8]");
    assertThat(content("more/W26s.pth")).anyMatch(line -> line.contains("tensor sparse (COO) ["));
    assertThat(content("torch_objects.pth"))
        .contains("dtype name torch.float16", "device object torch.device(\"cuda\", 0)");
  }

  private static List<String> content(String file) {
    try (var checkpoint = WeightFiles.open(SharedCases.at(file))) {
      return checkpoint.content().stream().flatMap(each -> lines("", each)).toList();
    }
  }

  private static Stream<String> lines(String prefix, Content content) {
    var line = "%s%s %s %s".formatted(prefix, content.name(), content.kind(), content.text());
    return Stream.concat(
        Stream.of(line),
        content.children().stream().flatMap(child -> lines(prefix + content.name() + ".", child)));
  }

  @ParameterizedTest
  @CsvSource({
    "quantised_beside.pth, q, q is quantised (qint8)",
    "sparse_beside.pth, s, s is sparse (COO)"
  })
  void refuseToReadOtherKindsByName(String file, String name, String message) {
    try (var checkpoint = WeightFiles.open(SharedCases.at(file))) {
      var tensor = checkpoint.auxiliary().get(name);
      var error = catchThrowableOfType(WeightsException.class, tensor::toFloats);
      assertThat(error.kind()).isEqualTo(Cause.UNSUPPORTED);
      assertThat(error).hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "model_and_ema.pth, model, ema",
    "more/W13a.pth, model, ema",
    "more/W13b.pth, state_dict, state_dict_ema",
    "more/W13c.pth, params, params_ema"
  })
  void nameTheAveragedCopyAndLetItBeChosen(String file, String taken, String other) {
    var path = SharedCases.at(file);
    try (var checkpoint = WeightFiles.open(path)) {
      assertThat(checkpoint.state()).contains(taken);
      assertThat(checkpoint.notes())
          .singleElement()
          .asString()
          .contains("averaged copy")
          .endsWith("choose it with --state " + other);
    }
    try (var copy = WeightFiles.open(path, OpenOptions.standard().withState(other));
        var weights = WeightFiles.open(path)) {
      assertThat(copy.names()).hasSameSizeAs(weights.names());
      assertThat(copy.tensors().firstEntry().getValue().sha256())
          .isNotEqualTo(weights.tensors().firstEntry().getValue().sha256());
    }
  }

  @Test
  void askWhichOfTwoNetworksIsMeant() {
    var file = SharedCases.at("student_teacher.pth");
    var error = refusal(file, OpenOptions.standard());
    assertThat(error.kind()).isEqualTo(Cause.AMBIGUOUS);
    assertThat(error).hasMessageContaining("student (25 tensors").hasMessageContaining("teacher (");
    for (var state : List.of("student", "teacher")) {
      try (var checkpoint = WeightFiles.open(file, OpenOptions.standard().withState(state))) {
        assertThat(checkpoint.names()).contains("cnn.0.weight");
        assertThat(checkpoint.state()).contains(state);
      }
    }
    try (var both = WeightFiles.open(file, OpenOptions.standard().withState("."))) {
      assertThat(both.names()).contains("student.cnn.0.weight", "teacher.cnn.0.weight");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pupil", "student.", "student.cnn.0.weight", "epoch"})
  void refuseAnUnknownStateWithAListOfThose(String state) {
    var options = OpenOptions.standard().withState(state);
    var error = refusal(SharedCases.at("student_teacher.pth"), options);
    assertThat(error.kind()).isEqualTo(Cause.MISSING_TENSOR);
    assertThat(error).hasMessageContaining("student (").hasMessageContaining("teacher (");
  }

  @Test
  void refuseAStateOfAFileThatHoldsWeightsAlone() {
    var options = OpenOptions.standard().withState("model");
    var error = refusal(SharedCases.at("more/plain.safetensors"), options);
    assertThat(error).hasMessageContaining("one set of weights and no state dict model");
  }

  private static WeightsException refusal(Path file, OpenOptions options) {
    return catchThrowableOfType(
        WeightsException.class, () -> WeightFiles.open(file, options).close());
  }

  @Test
  void areReadWithoutWordsWhereNothingWasChosen() {
    try (Checkpoint checkpoint = WeightFiles.open(SharedCases.at("more/plain.pth"))) {
      assertThat(checkpoint.notes()).isEmpty();
      assertThat(checkpoint.state()).isEmpty();
      assertThat(checkpoint.content()).isEmpty();
    }
  }
}
