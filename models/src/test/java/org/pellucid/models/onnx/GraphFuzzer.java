package org.pellucid.models.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.ModelFileException;
import org.pellucid.testing.GraphBytes;
import org.pellucid.weights.DType;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.onnx.GraphFile;

/**
 * Opens and runs graphs of random nodes with random attributes and constants: each gives its
 * outputs or is refused in one line, and nothing else happens.
 *
 * <p>From the command line, with the number of executions and a seed:
 *
 * <pre>{@code java -Xmx256m … org.pellucid.models.onnx.GraphFuzzer 200000 1}</pre>
 */
final class GraphFuzzer {
  private static final Path NAME = Path.of("absent", "model.onnx");
  private static final List<String> OPERATORS = List.copyOf(OnnxModel.supportedOperators());
  private static final long[] SIZES = {
    0, 1, 2, 3, 4, 5, 7, -1, -2, 3_000_000, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
  };
  private static final List<String> TEXTS =
      List.of(
          "SAME_UPPER",
          "SAME_LOWER",
          "VALID",
          "NOTSET",
          "linear",
          "nearest",
          "cubic",
          "reflect",
          "edge",
          "wrap",
          "add",
          "mul",
          "tanh",
          "align_corners",
          "tf_crop_and_resize",
          "border",
          "reflection",
          "ij,jk->ik",
          "...a,ab->...b",
          "ii->i",
          "a,->",
          "not_larger",
          "floor",
          "x\ny");

  private long slowest;

  private final SplittableRandom random;
  private final Engine engine = Engine.standard();
  private int ran;
  private int refused;

  GraphFuzzer(long seed) {
    random = new SplittableRandom(seed);
  }

  int ran() {
    return ran;
  }

  int refused() {
    return refused;
  }

  /** What happened to a graph that should not have. */
  record Finding(String graph, Throwable thrown) {}

  /** Makes a graph, opens and runs it. */
  Optional<Finding> execute() {
    var description = new StringBuilder();
    var bytes = graph(description);
    var start = System.nanoTime();
    try {
      run(bytes);
      ran++;
      return Optional.empty();
    } catch (WeightsException | ModelFileException | IllegalArgumentException e) {
      refused++;
      var isOneLine = e.getMessage() != null && e.getMessage().lines().count() == 1;
      return isOneLine ? Optional.empty() : Optional.of(new Finding(description.toString(), e));
    } catch (RuntimeException | Error e) {
      return Optional.of(new Finding(description.toString(), e));
    } finally {
      slowest = Math.max(slowest, System.nanoTime() - start);
    }
  }

  private void run(byte[] bytes) {
    var arena = Arena.ofShared();
    var content = MemorySegment.ofArray(bytes).asReadOnly();
    var mapped = new MappedFile(NAME, content, arena, OpenOptions.standard());
    try (var model = OnnxModel.of(GraphFile.read(mapped), ElementType.FLOAT32)) {
      model.run(engine, inputs());
    }
  }

  private static Map<String, NumericArray> inputs() {
    var values = new float[2 * 3 * 4 * 4];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    var inputs = new HashMap<String, NumericArray>();
    inputs.put("image", NumericArray.of(values, 2, 3, 4, 4));
    inputs.put("matrix", NumericArray.of(new float[] {1, -2, 3, 0, 5, -6}, 2, 3));
    inputs.put("ids", NumericArray.of(new long[] {1, 0, -1}, 3));
    inputs.put("one", new NumericArray(DType.F32, new long[0], new double[] {0.5}));
    return inputs;
  }

  private byte[] graph(StringBuilder description) {
    var graph = new GraphBytes(random.nextInt(8, 23));
    var names = new ArrayList<>(inputs().keySet().stream().sorted().toList());
    inputs().forEach((name, array) -> graph.input(name, array.shape()));
    for (var i = 0; i < 3; i++) {
      var wholes = random.longs(random.nextInt(5)).map(_ -> size()).toArray();
      graph.wholes("w" + i, wholes);
      description.append("w%d = %s; ".formatted(i, Arrays.toString(wholes)));
      names.add("w" + i);
    }
    var weights = new float[24];
    for (var i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextDouble(-1, 1);
    }
    graph.constant("kernel", weights, 2, 3, 2, 2);
    names.add("kernel");
    var nodes = random.nextInt(1, 6);
    for (var i = 0; i < nodes; i++) {
      var operation = OPERATORS.get(random.nextInt(OPERATORS.size()));
      var inputs = new ArrayList<String>();
      for (var k = inputs(operation); k > 0; k--) {
        inputs.add(random.nextInt(12) == 0 ? "" : names.get(random.nextInt(names.size())));
      }
      var attributes = attributes(operation);
      var outputs = random.nextInt(4) == 0 ? List.of("n" + i, "m" + i) : List.of("n" + i);
      graph.node(operation, inputs, outputs, attributes);
      description.append(operation).append(inputs);
      attributes.forEach(
          (name, value) ->
              description.append(
                  " %s=%s"
                      .formatted(
                          name, value instanceof long[] all ? Arrays.toString(all) : value)));
      description.append(" -> ").append(outputs).append("; ");
      names.addAll(outputs);
    }
    graph.output("n" + (nodes - 1));
    return graph.bytes();
  }

  private int inputs(String operation) {
    var most = Math.min(4, Support.mostInputs(operation));
    return random.nextInt(20) == 0
        ? random.nextInt(6)
        : most == 0 ? 0 : random.nextInt(1, most + 1);
  }

  private long size() {
    return random.nextInt(3) == 0 ? SIZES[random.nextInt(SIZES.length)] : random.nextInt(-1, 5);
  }

  private Map<String, Object> attributes(String operation) {
    var attributes = new HashMap<String, Object>();
    for (var name : Support.attributesOf(operation)) {
      if (random.nextInt(3) == 0 || name.equals("kernel_shape") || name.equals("equation")) {
        attributes.put(name, random.nextInt(20) == 0 ? anything() : fitting(name));
      }
    }
    return attributes;
  }

  private Object anything() {
    return switch (random.nextInt(4)) {
      case 0 -> text();
      case 1 -> (float) random.nextInt(-3, 4);
      case 2 -> size();
      default -> random.longs(random.nextInt(5)).map(_ -> size()).toArray();
    };
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  /** A value of the right kind, small more often than not. */
  private Object fitting(String name) {
    return switch (name) {
      case "auto_pad" -> TEXTS.get(random.nextInt(4));
      case "equation" -> random.nextBoolean() ? "abcd->abdc" : text();
      case "mode", "coordinate_transformation_mode", "padding_mode", "reduction", "approximate" ->
          text();
      case "alpha", "beta", "bias", "epsilon", "gamma", "lambd", "max", "min", "value_float" ->
          (float) random.nextInt(-1, 4) / 2;
      case "kernel_shape", "strides", "dilations", "output_padding" ->
          random.longs(random.nextInt(6) == 0 ? 3 : 2).map(_ -> small()).toArray();
      case "pads" -> random.longs(4).map(_ -> random.nextInt(8) == 0 ? size() : 1).toArray();
      case "perm" -> new long[] {1, 0};
      case "axes", "split", "starts", "ends", "scales", "paddings", "shape", "output_shape" ->
          random.longs(random.nextInt(1, 5)).map(_ -> size()).toArray();
      default -> small();
    };
  }

  private long small() {
    return random.nextInt(20) == 0 ? size() : random.nextInt(1, 3);
  }

  /** Fuzzes as often as the first argument says. */
  public static void main(String... arguments) {
    var executions = Integer.parseInt(arguments[0]);
    var fuzzer = new GraphFuzzer(Long.parseLong(arguments[1]));
    var begin = System.nanoTime();
    for (var i = 1; i <= executions; i++) {
      fuzzer
          .execute()
          .ifPresent(
              finding -> {
                System.out.println("FOUND " + finding);
                finding.thrown().printStackTrace(System.out);
              });
      if (i % Math.max(1, executions / 20) == 0) {
        System.out.printf(
            "%,d executions in %d s: %,d ran, %,d refused, the slowest took %d ms%n",
            i,
            (System.nanoTime() - begin) / 1_000_000_000,
            fuzzer.ran(),
            fuzzer.refused(),
            fuzzer.slowest / 1_000_000);
      }
    }
  }
}
