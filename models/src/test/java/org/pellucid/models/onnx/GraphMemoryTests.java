package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.Preprocessing.Normalisation;
import org.pellucid.testing.GraphBytes;

/** What a pass is said to need against what it takes, where attention is most of it. */
@Tag("numeric")
class GraphMemoryTests {
  private static final int SIDE = 16;
  private static final int TOKENS = SIDE * SIDE;
  private static final int HEADS = 2;
  private static final int HIDDEN = 8;
  private static final int CLASSES = 3;
  private static final long SCORES = 4L * HEADS * TOKENS * TOKENS;

  @TempDir Path folder;

  private static float[] numbers(long count) {
    var values = new float[Math.toIntExact(count)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    return values;
  }

  private static void heads(GraphBytes graph, String name, long... order) {
    graph
        .constant(name + "Weights", numbers(HIDDEN * HIDDEN), HIDDEN, HIDDEN)
        .node("MatMul", List.of("tokens", name + "Weights"), name)
        .node("Reshape", List.of(name, "inHeads"), name + "Split")
        .node("Transpose", List.of(name + "Split"), name + "Heads", "perm", order);
  }

  /** An image's pixels as tokens, which attend to each other. */
  private OnnxImageModel open(long... mask) throws IOException {
    var graph =
        new GraphBytes(13)
            .input("image", 0, 1, SIDE, SIDE)
            .wholes("sequence", 0, TOKENS, 1)
            .wholes("inHeads", 0, 0, HEADS, HIDDEN / HEADS)
            .wholes("joined", 0, 0, HIDDEN)
            .constant("lift", numbers(HIDDEN), 1, HIDDEN)
            .constant("root", new float[] {(float) Math.sqrt((double) HIDDEN / HEADS)})
            .constant("mask", numbers(Shapes.elements(mask)), mask)
            .constant("classes", numbers(HIDDEN * CLASSES), HIDDEN, CLASSES)
            .node("Reshape", List.of("image", "sequence"), "pixels")
            .node("MatMul", List.of("pixels", "lift"), "tokens");
    heads(graph, "q", 0, 2, 1, 3);
    heads(graph, "k", 0, 2, 3, 1);
    heads(graph, "v", 0, 2, 1, 3);
    graph
        .node("MatMul", List.of("qHeads", "kHeads"), "products")
        .node("Div", List.of("products", "root"), "scaled")
        .node("Add", List.of("scaled", "mask"), "masked")
        .node("Softmax", List.of("masked"), "attention", "axis", -1)
        .node("MatMul", List.of("attention", "vHeads"), "apart")
        .node("Transpose", List.of("apart"), "turned", "perm", 0, 2, 1, 3)
        .node("Reshape", List.of("turned", "joined"), "context")
        .node(
            "ReduceMean",
            List.of("context"),
            List.of("mean"),
            Map.of("axes", new long[] {1}, "keepdims", 0L))
        .node("MatMul", List.of("mean", "classes"), "logits")
        .output("logits", 0, CLASSES);
    var model = OnnxModel.open(graph.write(folder.resolve("model.onnx")));
    return new OnnxImageModel(
        model,
        GraphImage.of(model, OptionalInt.empty()),
        SIDE,
        SIDE,
        Optional.empty(),
        new Normalisation(List.of(0.0), List.of(1.0)),
        ChannelOrder.RGB);
  }

  private static String operations(OnnxImageModel model) {
    return model.model().program().scheduled(Set.of("image"), Set.of("logits")).steps().stream()
        .map(step -> step.node().operation())
        .toList()
        .toString();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "3, 1"})
  void countsTheScoresOfAMaskForEachQuery(int batch, int maskHeads) throws IOException {
    try (var model = open(1, maskHeads, TOKENS, TOKENS);
        var engine = Engine.builder().build()) {
      assertThat(operations(model)).contains(AttentionOperator.NAME);
      var told = model.memory(engine.kernels()).orElseThrow();
      try (var tape = new Tape(engine)) {
        model.forward(tape, image(tape, batch));
      }
      check(engine, told.peak(batch, false) - told.fixed());
      engine.memory().resetPeak();
      try (var tape = new Tape(engine)) {
        var x = tape.watch(image(tape, batch));
        tape.gradient(model.forward(tape, x), x);
      }
      check(engine, told.peak(batch, true) - told.fixed());
    }
  }

  private static Tensor image(Tape tape, int batch) {
    var image = tape.allocate(ElementType.FLOAT32, batch, 1, SIDE, SIDE);
    image.set(numbers(image.elements()));
    return image;
  }

  /** The pool rounds each size up by an eighth at most. */
  private static void check(Engine engine, long told) {
    assertThat(engine.memory().peakBytes()).isBetween(told / 4, told * 9 / 8 + 10_000);
  }

  @Test
  void countsNoScoresOfAMaskForAllQueries() throws IOException {
    try (var model = open(1, 1, 1, TOKENS)) {
      assertThat(operations(model)).contains(AttentionOperator.NAME);
      var told = model.memory(Engine.standard().kernels()).orElseThrow();
      assertThat(told.gradientExample()).isLessThan(SCORES);
    }
  }
}
