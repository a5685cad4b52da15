package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.explain.cli.CommandLineRun.checkRefused;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.testing.GraphBytes;
import org.pellucid.weights.DType;
import org.pellucid.weights.numpy.Npy;

/** What strangers bring to {@code model} on their first day; {@code y = x · W}. */
class BroughtGraphsTests {
  private static final float[] EXPECTED = {1 - 3, 2 + 3, 4 - 6, 5 + 6};

  @TempDir Path directory;
  private Path graph;

  @BeforeEach
  void write() throws IOException {
    graph =
        new GraphBytes(17)
            .input("x", 0, 3)
            .constant("W", new float[] {1, 0, 0, 1, -1, 1}, 3, 2)
            .node("MatMul", List.of("x", "W"), "y")
            .output("y", 0, 2)
            .write(directory.resolve("graph.onnx"));
    Npy.write(directory.resolve("x.npy"), new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    save("x64.npy", DType.F64, new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    save("x32.npy", DType.I32, new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    save("large.npy", DType.F64, new double[] {1e300, 0, 0}, 1, 3);
    save("wide.npy", DType.F32, new double[4], 1, 4);
    save("single.npy", DType.F32, new double[1]);
    save("none.npy", DType.F32, new double[0], 0, 3);
    Files.write(directory.resolve("fortran.npy"), inFortranOrder());
    Files.writeString(directory.resolve("text.npy"), "1,2,3");
    Files.writeString(directory.resolve("text.onnx"), "no graph");
    Files.createDirectories(directory.resolve("empty"));
  }

  private void save(String name, DType type, double[] values, long... shape) {
    Npy.write(directory.resolve(name), type, values, shape);
  }

  /** The same array as {@code numpy.save} writes it column by column (NEP 1). */
  private static byte[] inFortranOrder() {
    var header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }";
    var padded = header + " ".repeat(117 - header.length()) + "\n";
    var bytes = ByteBuffer.allocate(128 + 24).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
    bytes.put((byte) 0).putShort((short) padded.length());
    bytes.put(padded.getBytes(StandardCharsets.US_ASCII));
    for (var value : new float[] {1, 4, 2, 5, 3, 6}) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private Object[] command(String name, Path model, String input, Object... options) {
    var all = Stream.of("model", name, model, "--input", input, "--out", directory.resolve("out"));
    return Stream.concat(all, Stream.of(options)).toArray();
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.npy", "x64.npy", "x32.npy", "fortran.npy"})
  void takesArraysOfAnyTypeAndOrder(String name) {
    var run = CommandLineRun.of(command("run", graph, file(name)));
    assertThat(run.err()).isEmpty();
    assertThat(Npy.read(directory.resolve("out/y.npy")).floats()).containsExactly(EXPECTED);
  }

  @Test
  void takesAFolderWithASingleGraph() throws IOException {
    assertThat(CommandLineRun.of(command("run", directory, file("x.npy"))).code()).isEqualTo(1);
    Files.delete(directory.resolve("text.onnx"));
    assertThat(CommandLineRun.of(command("run", directory, file("x.npy"))).err()).isEmpty();
    assertThat(CommandLineRun.of("model", "inspect", directory).out()).contains("graph.onnx");
    checkRefused(
        1,
        "holds neither model.onnx nor a single graph",
        command("run", directory.resolve("empty"), file("x.npy")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "image=x.npy  | 2 | --input names image, but the graph's inputs are [x]",
        "x=           | 2 | must be NAME=FILE",
        "x=absent.npy | 1 | there is no such file",
        "x=text.npy   | 1 | is not an NPY file",
        "x=empty      | 1 | this is not a plain file",
        "x=wide.npy   | 1 | The input x F32 [batch, 3] can't be [1, 4]; give an array",
        "x=single.npy | 1 | The input x F32 [batch, 3] can't be []; give an array",
        "x=large.npy  | 1 | holds 1.0E300, but the graph's input x takes numbers of the type F32",
      })
  void saysWhatIsWrongWithAnInput(String input, int code, String sentence) {
    var equals = input.indexOf('=') + 1;
    var name = input.substring(equals);
    var given = input.substring(0, equals) + (name.isEmpty() ? "" : file(name));
    checkRefused(code, sentence, command("run", graph, given));
    checkRefused(
        code, sentence, command("explain", graph, given, "--target=1", "--methods=gradient"));
  }

  @Test
  void takesOneArrayForAnInput() {
    checkRefused(
        2,
        "gives the graph's input x two arrays",
        command("run", graph, file("x.npy"), "--input", file("x64.npy")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "absent.onnx | there is no such file",
        "text.onnx   | not an ONNX model",
        "empty       | neither model.onnx nor a single graph",
      })
  void saysWhatIsWrongWithAGraph(String name, String sentence) {
    var model = directory.resolve(name);
    checkRefused(1, sentence, "model", "inspect", model);
    checkRefused(1, sentence, command("run", model, file("x.npy")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--target=2           | The target 2 is not one of the model's 2 outputs",
        "--target=-1          | a number from 0 on",
        "--target=1 --output=z | no value z; its values are listed by: model inspect --nodes",
        "--target=1 --wrt=z    | no value z; its values are listed by: model inspect --nodes",
      })
  void saysWhatCanNotBeExplained(String options, String sentence) {
    var given =
        Stream.concat(Stream.of("--methods=gradient"), Stream.of(options.split(" "))).toArray();
    checkRefused(1, sentence, command("explain", graph, file("x.npy"), given));
  }

  @Test
  void explainsWhatEachExamplePredicts() {
    var run =
        CommandLineRun.of(
            command("explain", graph, file("x.npy"), "--target=predicted", "--methods=gradient"));
    assertThat(run.err()).isEmpty();
    // The second number is the larger one in both.
    assertThat(Npy.read(directory.resolve("out/x.gradient.npy")).floats())
        .containsExactly(new float[] {0, 1, 1, 0, 1, 1}, within(0f));
  }

  @Test
  void refusesToExplainNoExample() {
    checkRefused(
        1,
        "has the shape [0, 3], but its first axis counts examples",
        command("explain", graph, file("none.npy"), "--target=0", "--methods=gradient"));
  }

  /** A method without a rule is named before the others explain anything. */
  @Test
  void refusesAMethodWithoutARuleBeforeAnythingIsExplained() throws IOException {
    var level =
        new GraphBytes(17)
            .input("x", 0, 3)
            .constant("W", new float[] {1, 0, 0, 1, -1, 1}, 3, 2)
            .node("MatMul", List.of("x", "W"), "h")
            .node("Floor", List.of("h"), "y")
            .output("y", 0, 2)
            .write(directory.resolve("level.onnx"));
    checkRefused(
        1,
        "Layer-wise relevance propagation has no rule for the operation Floor in the layer 'y';"
            + " explain this model by Integrated Gradients.",
        command("explain", level, file("x.npy"), "--target=0", "--methods=gradient,lrp"));
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void tellsHowFarAttributionsMissTheirSum() {
    var run =
        CommandLineRun.of(
            command(
                "explain",
                graph,
                file("x.npy"),
                "--target=0",
                "--methods=deeplift,attn-lrp,integrated-gradients"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .contains(
            "x.deeplift, example 1: misses the score's difference by 0.00",
            "x.attn-lrp, example 1: misses the score by 0.00",
            "x.attn-lrp, example 1: biases and constants keep 0.00 of the score")
        .anyMatch(line -> line.startsWith("x.integrated-gradients, example 0: misses"));
  }

  @Test
  void takesWholeNumbersWhereTheGraphDoes() throws IOException {
    var lookup =
        new GraphBytes(17)
            .wholeInput("ids", 0, 1)
            .constant("table", new float[] {1, 2, 3}, 3)
            .node("Gather", List.of("table", "ids"), "y")
            .output("y", 0, 1)
            .write(directory.resolve("lookup.onnx"));
    save("ids.npy", DType.F64, new double[] {2, 0}, 2, 1);
    save("half.npy", DType.F64, new double[] {0.5}, 1, 1);
    assertThat(CommandLineRun.of(command("run", lookup, file("ids.npy"))).err()).isEmpty();
    assertThat(Npy.read(directory.resolve("out/y.npy")).floats()).containsExactly(3, 1);
    checkRefused(
        1,
        "holds 0.5, but the graph's input ids takes numbers of the type I64",
        command("run", lookup, file("half.npy")));
  }
}
