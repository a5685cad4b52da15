package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.onnx.GraphFile;

/** Graphs that no exporter writes. */
class GraphAttackTests {
  @TempDir Path directory;

  private static Messages node(String operation, String output, String... inputs) {
    var node = new Messages();
    for (var input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(3, "n").text(4, operation);
  }

  private static Messages value(String name) {
    return new Messages().text(1, name);
  }

  private Path file(Messages graph) throws IOException {
    var opset = new Messages().number(2, 17);
    var model = new Messages().number(1, 8).message(7, graph).message(8, opset);
    return Files.write(directory.resolve("x.onnx"), model.end());
  }

  private WeightsException refusal(Messages graph) throws IOException {
    var file = file(graph);
    var error =
        catchThrowableOfType(
            WeightsException.class, () -> GraphFile.open(file, OpenOptions.standard()).close());
    assertThat(error).isNotNull();
    assertThat(error.getMessage().lines()).hasSize(1);
    return error;
  }

  @Test
  void refusesCirclesAndNamesThatStandTwice() throws IOException {
    var circle =
        new Messages().message(1, node("Relu", "a", "b")).message(1, node("Relu", "b", "a"));
    assertThat(refusal(circle)).hasMessageContaining("takes b, which nothing before it gives");
    var itself = new Messages().message(1, node("Relu", "a", "a"));
    assertThat(refusal(itself)).hasMessageContaining("takes a, which nothing before it gives");
    var twice = new Messages().message(11, value("x"));
    twice.message(1, node("Relu", "a", "x")).message(1, node("Relu", "a", "x"));
    assertThat(refusal(twice)).hasMessageContaining("gives a, which was there before");
    var inputs = new Messages().message(11, value("x")).message(11, value("x"));
    assertThat(refusal(inputs)).hasMessageContaining("the input x appears twice");
    var output = new Messages().message(12, value("y"));
    assertThat(refusal(output)).hasMessageContaining("nothing gives the output y");
  }

  /** Names may look like a format of {@link String#format}, break lines and steer a terminal. */
  @ParameterizedTest
  @ValueSource(strings = {"%d%n%s", "a\nb", "\u001b[2J", "\u202eabc", "\r", "\u2028"})
  void printsNamesAsTheyAreOrHidesThem(String name) throws IOException {
    var refusal = refusal(new Messages().message(1, node("Relu", "a", name)));
    assertThat(refusal.getMessage()).doesNotContain("\u001b", "\u202e", "\r", "\u2028");
    assertThat(refusal).hasMessageContaining("which nothing before it gives");
  }

  @Test
  void cutsLongNamesInMessages() throws IOException {
    var refusal = refusal(new Messages().message(1, node("Relu", "a", "x".repeat(100_000))));
    assertThat(refusal.getMessage()).hasSizeLessThan(5000);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Integer.MAX_VALUE, Long.MAX_VALUE})
  void readsAnyOperatorSet(long version) throws IOException {
    var model = new Messages().number(1, 8).message(7, new Messages());
    model.message(8, new Messages().number(2, version));
    var file = Files.write(directory.resolve("x.onnx"), model.end());
    try (var graph = GraphFile.open(file, OpenOptions.standard())) {
      assertThat(graph.opset()).isBetween(0, Integer.MAX_VALUE);
    }
  }

  @Test
  void readsConstantsOfUnknownTypesInNodesAsUnread() throws IOException {
    var texts = new Messages().number(1, 1).number(2, 8).text(6, "word");
    var attribute = new Messages().text(1, "value").number(20, 4).message(5, texts);
    var graph = new Messages().message(1, node("Constant", "k").message(5, attribute));
    try (var file = GraphFile.open(file(graph), OpenOptions.standard())) {
      assertThat(file.nodes().getFirst().attributes().get("value").toString()).contains("Unread");
    }
  }

  @Test
  void refusesConstantsInNodesWhoseBytesDontFit() throws IOException {
    var tensor = new Messages().number(1, 3).number(2, 1).bytes(9, new byte[8]);
    var attribute = new Messages().text(1, "value").number(20, 4).message(5, tensor);
    var graph = new Messages().message(1, node("Constant", "k").message(5, attribute));
    assertThat(refusal(graph).kind()).isEqualTo(Cause.INVALID_TENSOR);
  }

  /** A million nodes in a row take a hundred megabytes and more of objects. */
  @Test
  void refusesAMillionNodes() throws IOException {
    var graph = new Messages().message(11, value("0"));
    for (var i = 0; i < 1_000_000; i++) {
      graph.message(1, node("Relu", Integer.toString(i + 1), Integer.toString(i)));
    }
    assertThat(refusal(graph).kind()).isEqualTo(Cause.LIMIT);
  }

  /** Nodes without anything in them are two bytes each. */
  @Test
  void refusesMillionsOfNothings() throws IOException {
    var graph = new Messages();
    for (var i = 0; i < 1_100_000; i++) {
      graph.message(1, new Messages());
    }
    assertThat(refusal(graph).kind()).isEqualTo(Cause.LIMIT);
    var axes = new Messages();
    for (var i = 0; i < 2_100_000; i++) {
      axes.message(1, new Messages());
    }
    var type = new Messages().message(1, new Messages().message(2, axes));
    var wide = new Messages().message(11, value("x").message(2, type));
    assertThat(refusal(wide).kind()).isEqualTo(Cause.LIMIT);
    var names = new Messages();
    for (var i = 0; i < 1_100_000; i++) {
      names.text(1, "");
    }
    assertThat(refusal(new Messages().message(1, names)).kind()).isEqualTo(Cause.LIMIT);
  }

  @Test
  void refusesGraphsInsideOfGraphsWithoutReadingThem() throws IOException {
    var inner = new Messages();
    for (var depth = 0; depth < 5_000; depth++) {
      var attribute = new Messages().text(1, "body").number(20, 5).message(6, inner);
      inner = new Messages().message(1, node("Loop", "l").message(5, attribute));
    }
    try (var file = GraphFile.open(file(inner), OpenOptions.standard())) {
      assertThat(file.nodes()).hasSize(1);
    }
  }
}
