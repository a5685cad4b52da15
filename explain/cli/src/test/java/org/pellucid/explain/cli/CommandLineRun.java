package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a command printed and how it ended. */
record CommandLineRun(int code, String out, String err) {

  /** Runs a command; arguments may be paths. */
  static CommandLineRun of(Object... arguments) {
    var out = System.out;
    var err = System.err;
    var capturedOut = new ByteArrayOutputStream();
    var capturedErr = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(capturedOut, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(capturedErr, true, StandardCharsets.UTF_8));
      var code = Main.run(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
      return new CommandLineRun(
          code,
          capturedOut.toString(StandardCharsets.UTF_8),
          capturedErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Runs a command that ends with a code and one line, which contains a message. */
  static void checkRefused(int code, String message, Object... arguments) {
    var run = of(arguments);
    assertThat(run.err()).contains(message);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(code);
  }

  /** The rows of {@code image classify --json}. */
  JsonNode pictures() throws IOException {
    return new JsonMapper().readTree(out).get("pictures");
  }

  /** The logits of the only image. */
  double[] logits() throws IOException {
    return numbers(pictures().get(0).get("logits"));
  }

  static double[] numbers(JsonNode list) {
    var numbers = new double[list.size()];
    Arrays.setAll(numbers, i -> list.get(i).doubleValue());
    return numbers;
  }
}
