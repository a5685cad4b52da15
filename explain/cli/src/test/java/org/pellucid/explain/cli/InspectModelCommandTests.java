package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code model inspect} on a product of a batch with a matrix. */
class InspectModelCommandTests {
  @TempDir Path directory;

  /** A field of a protobuf message (protobuf.dev, "Encoding"), shorter than 128 bytes. */
  private static byte[] field(int number, byte[]... contents) {
    var content = new ByteArrayOutputStream();
    for (var each : contents) {
      content.writeBytes(each);
    }
    var out = new ByteArrayOutputStream();
    out.write(number << 3 | 2);
    out.write(content.size());
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static byte[] field(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] number(int number, int value) {
    return new byte[] {(byte) (number << 3), (byte) value};
  }

  private static byte[] value(String name, byte[]... axes) {
    var type = field(1, number(1, 1), field(2, axes));
    return join(field(1, name), field(2, type));
  }

  private static byte[] join(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** {@code y = f(x) · W} with {@code W} of three rows and two columns. */
  private Path graph(String operation, String name) throws IOException {
    var first = field(1, field(1, "x"), field(2, "a"), field(3, name), field(4, operation));
    var second = field(1, field(1, "a"), field(1, "W"), field(2, "y"), field(4, "MatMul"));
    var weight =
        field(5, number(1, 3), number(1, 2), number(2, 1), field(8, "W"), field(9, new byte[24]));
    var x = field(11, value("x", field(1, field(2, "batch")), field(1, number(1, 3))));
    var y = field(12, value("y", field(1, field(2, "batch")), field(1, number(1, 2))));
    var content = join(first, second, weight, x, y);
    var out = new ByteArrayOutputStream();
    out.writeBytes(number(1, 8));
    out.write(7 << 3 | 2);
    out.write(content.length & 0x7f | 0x80);
    out.write(content.length >> 7);
    out.writeBytes(content);
    out.writeBytes(field(8, number(2, 17)));
    return Files.write(directory.resolve("model.onnx"), out.toByteArray());
  }

  @Test
  void tellsWhatAGraphHoldsAndHowMuchWorkItIs() throws IOException {
    var run = CommandLineRun.of("model", "inspect", graph("Relu", "r"), "--shape", "x=5x3");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines())
        .contains(
            "input  x F32 [batch, 3]",
            "output y F32 [batch, 2]",
            "6 parameters",
            "30 multiply-adds for x [5, 3]",
            "     1 MatMul",
            "     1 Relu",
            "Everything is supported.");
  }

  @Test
  void countsNoWorkWhereTheFileLeavesASizeOpen() throws IOException {
    var run = CommandLineRun.of("model", "inspect", graph("Relu", "r"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).doesNotContain("multiply-adds");
  }

  @Test
  void printsJson() throws IOException {
    var run = CommandLineRun.of("model", "inspect", graph("Relu", "r"), "--shape=2x3", "--json");
    assertThat(run.code()).as(run.err()).isZero();
    var json = new JsonMapper().readTree(run.out());
    assertThat(json.get("opset").intValue()).isEqualTo(17);
    assertThat(json.get("parameters").longValue()).isEqualTo(6);
    assertThat(json.get("multiplyAdds").longValue()).isEqualTo(12);
    assertThat(json.get("operators").get("MatMul").intValue()).isEqualTo(1);
    assertThat(json.get("unsupported").size()).isZero();
  }

  @Test
  void namesWhatIsNotSupportedWithoutSteeringTheTerminal() throws IOException {
    var file = graph("Loop", "l\u001b[31m\n");
    for (var option : new String[] {"--shape=x=2x3", "--json"}) {
      var run = CommandLineRun.of("model", "inspect", file, option);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).contains("Loop").doesNotContain("\u001b");
    }
    assertThat(CommandLineRun.of("model", "inspect", file).out().lines())
        .anyMatch(line -> line.startsWith("not supported: Loop (l"));
  }

  @Test
  void refusesShapesThatDontFit() throws IOException {
    var file = graph("Relu", "r");
    assertThat(CommandLineRun.of("model", "inspect", file, "--shape", "z=1x3").code()).isEqualTo(2);
    assertThat(CommandLineRun.of("model", "inspect", file, "--shape", "x=1xa").code()).isEqualTo(2);
    var run = CommandLineRun.of("model", "inspect", file, "--shape", "x=1x4");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("The input x F32 [batch, 3] can't be [1, 4]");
  }
}
