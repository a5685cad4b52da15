package org.pellucid.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * A language model of one layer in a graph, with random weights over a vocabulary of a few words:
 * each token sees the sum of all that are attended to.
 */
public final class TinyGraph {
  /** The vocabulary, one piece a line. */
  public static final String VOCABULARY =
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\nsaw\na\ndog\nwho\n?\n.\napple\neats\n##s\n";

  /** The rows of the table of word embeddings. */
  public static final int PIECES = 16;

  /** The rows of the table of position embeddings. */
  public static final int POSITIONS = 20;

  private static final int WIDTH = 8;

  /** What the graph gives. */
  public enum Head {
    /** The last hidden states. */
    HIDDEN,
    /** The vocabulary's logits at each token. */
    VOCABULARY,
    /** Three classes. */
    CLASSES,
    /** Logits of an answer's start and end. */
    ANSWER
  }

  private TinyGraph() {}

  /**
   * Writes {@code model.onnx} and {@code vocab.txt}.
   *
   * @param pieces rows of the table of word embeddings
   */
  public static Path write(Path directory, Head head, int pieces) throws IOException {
    return write(directory, head, pieces, 0);
  }

  /** Writes a graph that takes one text at a time. */
  public static Path writeForOne(Path directory, Head head) throws IOException {
    return write(directory, head, PIECES, 1);
  }

  private static Path write(Path directory, Head head, int pieces, int batch) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("vocab.txt"), VOCABULARY);
    var graph =
        new GraphBytes(13)
            .wholeInput("tokens", batch, 0)
            .input("attended", batch, 0)
            .constant("words", random(pieces * WIDTH, 1), pieces, WIDTH)
            .constant("places", random(POSITIONS * WIDTH, 2), POSITIONS, WIDTH)
            .constant("weights", random(WIDTH * WIDTH, 3), WIDTH, WIDTH)
            .wholes("zero", 0)
            .wholes("one", 1)
            .wholes("two", 2)
            .node("Gather", List.of("words", "tokens"), "embedded")
            .node("Shape", List.of("tokens"), "shape")
            .node("Slice", List.of("shape", "one", "two"), "length")
            .node("Slice", List.of("places", "zero", "length"), "placed")
            .node("Add", List.of("embedded", "placed"), "sum")
            .node("Unsqueeze", List.of("attended", "two"), "mask")
            .node("Mul", List.of("sum", "mask"), "seen")
            .node("ReduceSum", List.of("seen", "one"), "context")
            .node("Add", List.of("sum", "context"), "mixed")
            .node("MatMul", List.of("mixed", "weights"), "product")
            .node("Tanh", List.of("product"), "last_hidden_state");
    withHead(graph, head, pieces).write(directory.resolve("model.onnx"));
    return directory;
  }

  /** Writes {@code model.onnx} and {@code vocab.txt}, which fit each other. */
  public static Path write(Path directory, Head head) throws IOException {
    return write(directory, head, PIECES);
  }

  private static GraphBytes withHead(GraphBytes graph, Head head, int pieces) {
    return switch (head) {
      case HIDDEN -> graph.output("last_hidden_state", 0, 0, WIDTH);
      case VOCABULARY ->
          graph
              .constant("decoder", random(WIDTH * pieces, 4), WIDTH, pieces)
              .node("MatMul", List.of("last_hidden_state", "decoder"), "logits")
              .output("logits", 0, 0, pieces);
      case CLASSES ->
          graph
              .constant("classifier", random(WIDTH * 3, 5), WIDTH, 3)
              .node("ReduceSum", List.of("last_hidden_state", "one"), "total")
              .node("Squeeze", List.of("total", "one"), "pooled")
              .node("MatMul", List.of("pooled", "classifier"), "logits")
              .output("logits", 0, 3);
      case ANSWER ->
          graph
              .constant("starts", random(WIDTH, 6), WIDTH, 1)
              .constant("ends", random(WIDTH, 7), WIDTH, 1)
              .node("MatMul", List.of("last_hidden_state", "starts"), "start")
              .node("MatMul", List.of("last_hidden_state", "ends"), "end")
              .node("Squeeze", List.of("end", "two"), "end_logits")
              .node("Squeeze", List.of("start", "two"), "start_logits")
              .output("end_logits", 0, 0)
              .output("start_logits", 0, 0);
    };
  }

  private static float[] random(int count, long seed) {
    var random = new Random(seed);
    var values = new float[count];
    for (var i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() / 3;
    }
    return values;
  }
}
