package org.pellucid.weights.attacks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.attacks.WireTree.Field;
import org.pellucid.weights.files.MemoryFiles;
import org.pellucid.weights.onnx.GraphFile;

/**
 * Changes honest ONNX graphs at random, byte by byte and field by field, and reads each: it is
 * accepted, or refused with a {@link WeightsException} of one line, and nothing else happens.
 *
 * <p>The same seed changes the same graphs in the same way. From the command line, with the number
 * of executions, a seed and any number of further honest models:
 *
 * <pre>{@code java -Xmx256m … org.pellucid.weights.attacks.GraphFuzzer 10000000 1 model.onnx…}
 * </pre>
 */
final class GraphFuzzer {
  private static final Path NAME = Path.of("absent", "model.onnx");
  private static final long LARGEST_TENSOR = 1 << 20;
  private static final int LARGEST_FILE = 1 << 16;
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    7,
    63,
    64,
    127,
    128,
    255,
    1 << 16,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 31,
    1L << 32,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\n",
          "\u001b[2J\u001b[31mx",
          "\u202e",
          "%s%d%n",
          "\0",
          "../../etc/passwd",
          "/dev/zero",
          "/dev/stdin",
          "C:\\x",
          "x".repeat(5000),
          "\ud83d\ude00",
          "location",
          "onnx::MatMul_7",
          "a.bias",
          "transB");

  private final SplittableRandom random;
  private final List<WireTree> honest = new ArrayList<>();
  private long accepted;
  private long refused;

  GraphFuzzer(long seed, List<byte[]> models) {
    random = new SplittableRandom(seed);
    models.forEach(model -> honest.add(WireTree.of(model)));
  }

  /** A file that breaks the rule, with what happened. */
  record Finding(byte[] file, Throwable thrown) {
    @Override
    public String toString() {
      return thrown + " of " + Base64.getEncoder().encodeToString(file);
    }
  }

  long accepted() {
    return accepted;
  }

  long refused() {
    return refused;
  }

  /** Changes and reads one graph. */
  Optional<Finding> execute() {
    var file = changed();
    try (var arena = Arena.ofConfined()) {
      read(file, arena);
      accepted++;
      return Optional.empty();
    } catch (WeightsException e) {
      refused++;
      return e.getMessage().lines().count() == 1 && !e.getMessage().isBlank()
          ? Optional.empty()
          : Optional.of(new Finding(file, e));
    } catch (RuntimeException | Error e) {
      return Optional.of(new Finding(file, e));
    }
  }

  private static void read(byte[] file, Arena arena) {
    var options = OpenOptions.standard().withLimits(MemoryFiles.SMALL);
    var segment = MemorySegment.ofArray(file).asReadOnly();
    var graph = GraphFile.read(new MappedFile(NAME, segment, arena, options));
    graph.inputs().forEach(Object::toString);
    graph.outputs().forEach(Object::toString);
    graph.nodes().forEach(Object::toString);
    graph.opset();
    for (var tensor : graph.initialisers().values()) {
      if (tensor.info().bytes() <= LARGEST_TENSOR) {
        tensor.toDoubles();
      }
    }
  }

  private byte[] changed() {
    var tree = honest.get(random.nextInt(honest.size())).copy();
    var fieldChanges = random.nextInt(4);
    for (var i = 0; i < fieldChanges; i++) {
      changeField(tree);
    }
    var bytes = tree.bytes();
    var byteChanges = fieldChanges == 0 ? 1 + random.nextInt(4) : random.nextInt(2);
    for (var i = 0; i < byteChanges && bytes.length > 0; i++) {
      bytes = changedBytes(bytes);
    }
    return bytes.length > LARGEST_FILE ? Arrays.copyOf(bytes, LARGEST_FILE) : bytes;
  }

  private byte[] changedBytes(byte[] bytes) {
    var at = random.nextInt(bytes.length);
    var length = Math.min(1 + random.nextInt(16), bytes.length - at);
    return switch (random.nextInt(6)) {
      case 0 -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        yield bytes;
      }
      case 1 -> {
        bytes[at] = (byte) random.nextInt(256);
        yield bytes;
      }
      case 2 -> Arrays.copyOf(bytes, at);
      case 3 -> joined(bytes, at, bytes, at + length);
      case 4 -> joined(bytes, at + length, bytes, at);
      default -> {
        var other = honest.get(random.nextInt(honest.size())).bytes();
        yield joined(bytes, at, other, random.nextInt(other.length));
      }
    };
  }

  /** The beginning of one file before the end of another. */
  private static byte[] joined(byte[] first, int end, byte[] second, int begin) {
    var result = Arrays.copyOf(first, end + second.length - begin);
    System.arraycopy(second, begin, result, end, second.length - begin);
    return result;
  }

  private void changeField(WireTree tree) {
    var messages = tree.all();
    var fields = messages.get(random.nextInt(messages.size())).fields;
    if (fields.isEmpty()) {
      return;
    }
    var at = random.nextInt(fields.size());
    var field = fields.get(at);
    switch (random.nextInt(10)) {
      case 0 -> fields.remove(at);
      case 1 -> repeat(fields, field);
      case 2 -> Collections.swap(fields, at, random.nextInt(fields.size()));
      case 3 -> field.number = 1 + random.nextInt(30);
      case 4 -> field.wire = random.nextInt(8);
      case 5 -> field.announced = Optional.of(number());
      case 6 -> nest(field);
      case 7 -> {
        field.value = number();
        field.bytes = field.bytes.length == 0 ? field.bytes : number(field.bytes.length);
      }
      case 8 -> {
        field.wire = WireTree.BYTES;
        field.message = Optional.empty();
        field.bytes = TEXTS.get(random.nextInt(TEXTS.size())).getBytes(StandardCharsets.UTF_8);
      }
      default -> {
        var others = messages.get(random.nextInt(messages.size())).fields;
        if (!others.isEmpty()) {
          fields.add(at, others.get(random.nextInt(others.size())).copy());
        }
      }
    }
  }

  private void repeat(List<Field> fields, Field field) {
    var times = random.nextInt(8) == 0 ? 200 : 1 + random.nextInt(3);
    for (var i = 0; i < times; i++) {
      fields.add(field.copy());
    }
  }

  /** Wraps a field into others of its number. */
  private void nest(Field field) {
    var depth = 1 + random.nextInt(40);
    for (var i = 0; i < depth; i++) {
      var inner = field.copy();
      var outer = WireTree.of(new byte[0]);
      outer.fields.add(inner);
      field.wire = WireTree.BYTES;
      field.announced = Optional.empty();
      field.message = Optional.of(outer);
    }
  }

  private long number() {
    return random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextInt(-9, 40);
  }

  private byte[] number(int length) {
    var bytes = new byte[length];
    Arrays.fill(bytes, (byte) NUMBERS[random.nextInt(NUMBERS.length)]);
    return bytes;
  }

  /** Small graphs with every kind of message and attribute that is read. */
  static List<byte[]> honestModels() {
    return List.of(convolution(), constants());
  }

  private static byte[] convolution() {
    var node = new Messages().text(1, "x").text(1, "w").text(1, "b").text(2, "c").text(3, "first");
    node.text(4, "Conv").message(5, attribute("group", 2).number(3, 1));
    node.message(5, attribute("pads", 7).bytes(8, Messages.packed(1, 1, 1, 1)));
    node.message(5, attribute("strides", 7).number(8, 1).number(8, 2));
    node.message(5, attribute("auto_pad", 3).text(4, "NOTSET"));
    var relu = new Messages().text(1, "c").text(2, "y").text(4, "LeakyRelu").text(7, "ai.onnx");
    relu.message(5, attribute("alpha", 1).raw((byte) (2 << 3 | 5), (byte) 0, (byte) 0, (byte) 0));
    relu.raw();
    var weight = new Messages().bytes(1, Messages.packed(1, 1, 2, 2)).number(2, 1).text(8, "w");
    var bias = new Messages().number(1, 1).number(2, 1).text(8, "b").bytes(4, new byte[4]);
    var graph = new Messages().message(1, node).message(1, relu).text(2, "graph");
    graph.message(5, weight.bytes(9, new byte[16])).message(5, bias);
    graph.message(11, value("x", 1, 0, 1, 4, 4)).message(12, value("y", 1, 0, 1, 4, 4));
    return model(graph);
  }

  private static byte[] constants() {
    var tensor = new Messages().bytes(1, Messages.packed(2)).number(2, 7).text(8, "t");
    var constant = new Messages().text(2, "k").text(4, "Constant");
    constant.message(5, attribute("value", 4).message(5, tensor.bytes(7, Messages.packed(1, -1))));
    var floats = new Messages().text(2, "f").text(4, "Constant");
    floats.message(5, attribute("value_floats", 6).bytes(7, new byte[8]));
    var loop = new Messages().text(1, "x").text(2, "l").text(4, "Loop");
    loop.message(5, attribute("body", 5).message(6, new Messages().message(1, constant)));
    var reshape = new Messages().text(1, "x").text(1, "k").text(2, "y").text(4, "Reshape");
    reshape.message(5, attribute("names", 8).text(9, "a").text(9, "b"));
    var half = new Messages().bytes(1, Messages.packed(2)).number(2, 10).text(8, "h");
    var text = new Messages().number(1, 1).number(2, 8).text(8, "s").text(6, "word");
    var graph = new Messages().message(1, constant).message(1, floats).message(1, loop);
    graph.message(1, reshape).message(5, half.bytes(5, Messages.packed(0x3c00, 1)));
    graph.message(5, text).message(11, value("x", 7, 2)).message(12, value("y", 7));
    return model(graph);
  }

  private static Messages attribute(String name, int type) {
    return new Messages().text(1, name).number(20, type);
  }

  private static Messages value(String name, int type, long... shape) {
    var axes = new Messages();
    for (var size : shape) {
      axes.message(1, size == 0 ? new Messages().text(2, "batch") : new Messages().number(1, size));
    }
    var tensor = new Messages().number(1, type).message(2, axes);
    return new Messages().text(1, name).message(2, new Messages().message(1, tensor));
  }

  private static byte[] model(Messages graph) {
    var opset = new Messages().text(1, "").number(2, 17);
    var pair = new Messages().text(1, "key").text(2, "value");
    return new Messages()
        .number(1, 8)
        .text(2, "test")
        .message(7, graph)
        .message(8, opset)
        .message(14, pair)
        .end();
  }

  /** Fuzzes as often as the first argument says. */
  public static void main(String... arguments) throws IOException {
    var executions = Long.parseLong(arguments[0]);
    var models = new ArrayList<>(honestModels());
    for (var i = 2; i < arguments.length; i++) {
      models.add(Files.readAllBytes(Path.of(arguments[i])));
    }
    var fuzzer = new GraphFuzzer(Long.parseLong(arguments[1]), models);
    var slowest = 0L;
    var begin = System.nanoTime();
    for (var i = 1L; i <= executions; i++) {
      var start = System.nanoTime();
      fuzzer.execute().ifPresent(finding -> System.out.println("FOUND " + finding));
      slowest = Math.max(slowest, System.nanoTime() - start);
      if (i % Math.max(1, executions / 20) == 0) {
        System.out.printf(
            "%,d executions in %d s: %,d accepted, %,d refused, the slowest took %d ms%n",
            i,
            (System.nanoTime() - begin) / 1_000_000_000,
            fuzzer.accepted(),
            fuzzer.refused(),
            slowest / 1_000_000);
      }
    }
  }
}
