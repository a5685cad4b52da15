package org.pellucid.weights.pytorch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * Writes checkpoints at random as training programs compose them: a network under some name, as a
 * state dict or as a whole module, in wrappers, beside all kinds of other things.
 */
final class CheckpointGrammar {
  private static final List<String> NAMES =
      List.of("model_state_dict", "state_dict", "model", "net", "network", "params", "weights");
  private static final List<String> OWN_NAMES =
      List.of("resnet", "student_net", "G", "my_classifier", "0", "checkpoint", "Net 1");
  private static final List<String> WRAPPERS =
      List.of("checkpoint", "state", "data", "payload", "trainer");
  private static final List<String> AVERAGES =
      List.of("ema", "state_dict_ema", "model_ema", "params_ema", "shadow", "swa_model");
  private static final int NUMBERS_IN_AN_AVERAGE = 2;

  private final Random random;
  private final Values pickle = new Values();
  private final List<float[]> storages = new ArrayList<>();

  /** The tensors of the one network, by the names that it has in its state dict. */
  private final SequencedMap<String, float[]> network = new LinkedHashMap<>();

  CheckpointGrammar(long seed) {
    random = new Random(seed);
    var layers = 1 + random.nextInt(4);
    for (var layer = 0; layer < layers; layer++) {
      for (var name : List.of("weight", "bias")) {
        var values = new float[name.equals("bias") ? 3 : 6];
        for (var i = 0; i < values.length; i++) {
          values[i] = random.nextFloat();
        }
        network.put("layers.%d.%s".formatted(layer, name), values);
      }
    }
  }

  SequencedMap<String, float[]> network() {
    return network;
  }

  /** The whole file, in the form of today or of PyTorch before 1.6. */
  byte[] file() {
    var value = random.nextInt(10) == 0 ? network(1) : nested(random.nextInt(3));
    value.accept(pickle);
    return random.nextInt(4) == 0
        ? CheckpointForms.stream(pickle.end(), storages)
        : CheckpointForms.archive(pickle.end(), storages);
  }

  /** A dictionary with the network, or with another such dictionary, and anything beside it. */
  private Consumer<Values> nested(int depth) {
    var entries = new ArrayList<Map.Entry<Consumer<Values>, Consumer<Values>>>();
    if (depth > 0) {
      entries.add(entry(one(WRAPPERS), nested(depth - 1)));
    } else {
      entries.add(entry(one(random.nextInt(3) > 0 ? NAMES : OWN_NAMES), network(1)));
      if (random.nextInt(3) == 0) {
        entries.add(entry(one(AVERAGES), network(NUMBERS_IN_AN_AVERAGE)));
      }
    }
    for (var count = random.nextInt(6); count > 0; count--) {
      var key = random.nextInt(4) == 0 ? oddKey(count) : text("beside %d".formatted(count));
      entries.add(Map.entry(key, beside(2)));
    }
    if (random.nextBoolean()) {
      entries.add(entry("optimizer", optimiser()));
    }
    Collections.shuffle(entries, random);
    return switch (random.nextInt(6)) {
      case 0 -> object("Trainer", entries, 'b');
      case 1 -> object("EasyDict", entries, '0');
      case 2 -> list(dictionary(entries), number(7));
      case 3 ->
          out -> {
            number(7).accept(out);
            dictionary(entries).accept(out);
            out.raw(0x86);
          };
      default -> dictionary(entries);
    };
  }

  /** An object whose attributes (opcode {@code b}) or items the entries are. */
  private Consumer<Values> object(
      String type, List<Map.Entry<Consumer<Values>, Consumer<Values>>> entries, char last) {
    return out -> {
      out.global("own.module", type).raw(')', 0x81);
      if (last == 'b') {
        dictionary(entries).accept(out);
        out.raw('b');
      } else {
        setAll(out, entries);
      }
    };
  }

  private Consumer<Values> network(int factor) {
    return random.nextInt(4) == 0 ? module(factor) : stateDict(factor);
  }

  private Consumer<Values> stateDict(int factor) {
    return out -> {
      out.orderedDict();
      network.forEach((name, values) -> setTensor(out, name, values, factor));
      if (random.nextBoolean()) {
        // What PyTorch notes of versions; the dictionary's state, not an entry.
        out.raw('}').text("_metadata").raw('}', 's', 'b');
      }
    };
  }

  private void setTensor(Values out, String name, float[] values, int factor) {
    out.text(name);
    if (random.nextInt(4) == 0) {
      out.global("torch._utils", "_rebuild_parameter").raw('(');
      tensor(values, factor).accept(out);
      out.raw(0x88).orderedDict().raw('t', 'R');
    } else {
      tensor(values, factor).accept(out);
    }
    out.raw('s');
  }

  /** A module with one submodule, {@code layers}, that holds a module for each layer. */
  private Consumer<Values> module(int factor) {
    return out ->
        module(
            out,
            "Network",
            Map.of(),
            () -> {
              out.text("layers");
              module(out, "Sequential", Map.of(), () -> layers(out, factor));
              out.raw('s');
            });
  }

  private void layers(Values out, int factor) {
    for (var layer = 0; layer < network.size() / 2; layer++) {
      out.text(Integer.toString(layer));
      var parameters = new LinkedHashMap<String, float[]>();
      for (var name : List.of("weight", "bias")) {
        var values = network.get("layers.%d.%s".formatted(layer, name)).clone();
        for (var i = 0; i < values.length; i++) {
          values[i] *= factor;
        }
        parameters.put(name, values);
      }
      module(out, "Linear", parameters, () -> {});
      out.raw('s');
    }
  }

  private void module(
      Values out, String name, Map<String, float[]> parameters, Runnable submodules) {
    out.global("__main__", name).raw(')', 0x81, '}');
    out.text("training").raw(0x88, 's');
    out.text("_parameters").orderedDict();
    for (var parameter : List.of("weight", "bias")) {
      if (parameters.containsKey(parameter)) {
        setTensor(out, parameter, parameters.get(parameter), 1);
      }
    }
    out.raw('s').text("_buffers").orderedDict();
    if (random.nextBoolean()) {
      setTensor(out, "cache", new float[] {1}, 1);
      out.raw('s').text("_non_persistent_buffers_set").global("builtins", "set");
      out.raw(']').text("cache").raw('a', 0x85, 'R', 's');
    } else {
      out.raw('s');
    }
    out.text("_modules").orderedDict();
    submodules.run();
    out.raw('s', 'b');
  }

  private Consumer<Values> optimiser() {
    return dictionary(
        List.of(
            entry(
                "state",
                dictionary(
                    List.of(
                        Map.entry(
                            number(0),
                            dictionary(
                                List.of(
                                    entry("step", number(3)),
                                    entry("exp_avg", tensor(new float[6], 1)),
                                    entry("exp_avg_sq", tensor(new float[6], 1)))))))),
            entry("param_groups", list(dictionary(List.of(entry("lr", real(0.1))))))));
  }

  private Consumer<Values> beside(int depth) {
    return switch (random.nextInt(depth > 0 ? 18 : 14)) {
      case 0 -> number(random.nextInt());
      case 1 -> real(random.nextDouble());
      case 2 -> text("text " + random.nextInt());
      case 3 -> out -> out.raw('N');
      case 4 -> out -> out.raw(random.nextBoolean() ? 0x88 : 0x89);
      case 5 -> tensor(new float[] {random.nextFloat()}, 0);
      case 6 -> numpyNumber(random.nextDouble());
      case 7 -> namespace();
      case 8 -> call("pathlib", "PosixPath", text("/"), text("data"));
      case 9 -> call("posix", "system", text("touch executed"));
      case 10 -> out -> out.global("torch.nn.modules.activation", "ReLU");
      case 11 -> call("datetime", "datetime", out -> out.raw('U', 2, 7, 8));
      case 12 -> sparseTensor();
      case 13 -> tensor(new float[] {1, 2, 3}, 1);
      case 14 -> list(beside(depth - 1), beside(depth - 1));
      case 15 -> dictionary(List.of(Map.entry(oddKey(0), beside(depth - 1))));
      case 16 -> optimiser();
      default ->
          out -> {
            beside(depth - 1).accept(out);
            out.raw(0x85);
          };
    };
  }

  /** {@code _rebuild_sparse_tensor(layout, (indices, values, size))}. */
  private Consumer<Values> sparseTensor() {
    return out -> {
      out.global("torch._utils", "_rebuild_sparse_tensor").raw('(');
      call("torch.serialization", "_get_layout", text("torch.sparse_coo")).accept(out);
      tensor(new float[2], 1).accept(out);
      tensor(new float[2], 1).accept(out);
      out.raw('K', 5, 0x85, 0x87, 't', 'R');
    };
  }

  private Consumer<Values> namespace() {
    return out -> {
      out.global("argparse", "Namespace").raw(')', 0x81, '}').text("lr");
      real(0.1).accept(out);
      out.raw('s', 'b');
    };
  }

  /** {@code scalar(dtype('f8'), bytes)} as NumPy 1 and 2 write it. */
  private Consumer<Values> numpyNumber(double value) {
    var core = random.nextBoolean() ? "numpy.core.multiarray" : "numpy._core.multiarray";
    var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array();
    return out -> {
      out.global(core, "scalar").global("numpy", "dtype").text("f8").raw(0x89, 0x88, 0x87, 'R');
      out.raw('(', 'K', 3).text("<").raw('N', 'N', 'N', 'J', 255, 255, 255, 255);
      out.raw('J', 255, 255, 255, 255, 'K', 0, 't', 'b', 'C', 8);
      for (var each : bytes) {
        out.raw(each);
      }
      out.raw(0x86, 'R');
    };
  }

  private Consumer<Values> oddKey(int unique) {
    return switch (random.nextInt(4)) {
      case 0 -> number(unique);
      case 1 -> real(unique + 0.5);
      case 2 -> out -> out.raw('K', 1, 'K', unique, 0x86);
      default -> text(Integer.toString(unique));
    };
  }

  /** A tensor of the values times a factor; one without axes for the factor 0. */
  private Consumer<Values> tensor(float[] values, int factor) {
    return out -> {
      var stored = values.clone();
      for (var i = 0; i < stored.length; i++) {
        stored[i] *= Math.max(1, factor);
      }
      storages.add(stored);
      out.global("torch._utils", "_rebuild_tensor_v2").raw('(', '(').text("storage");
      out.global("torch", "FloatStorage").text(Integer.toString(storages.size() - 1)).text("cpu");
      out.integer(stored.length).raw('t', 'Q', 'K', 0);
      if (factor == 0) {
        out.raw(')', ')');
      } else {
        out.raw('K', stored.length, 0x85, 'K', 1, 0x85);
      }
      out.raw(0x89).orderedDict().raw('t', 'R');
    };
  }

  private Map.Entry<Consumer<Values>, Consumer<Values>> entry(String key, Consumer<Values> value) {
    return Map.entry(text(key), value);
  }

  private static Consumer<Values> text(String text) {
    return out -> out.text(text);
  }

  private static Consumer<Values> number(int value) {
    return out -> out.integer(value);
  }

  private static Consumer<Values> real(double value) {
    return out -> {
      out.raw('G');
      for (var each : ByteBuffer.allocate(8).putDouble(value).array()) {
        out.raw(each);
      }
    };
  }

  @SafeVarargs
  private static Consumer<Values> call(String module, String name, Consumer<Values>... arguments) {
    return out -> {
      out.global(module, name).raw('(');
      List.of(arguments).forEach(each -> each.accept(out));
      out.raw('t', 'R');
    };
  }

  @SafeVarargs
  private static Consumer<Values> list(Consumer<Values>... items) {
    return out -> {
      out.raw(']');
      for (var item : items) {
        item.accept(out);
        out.raw('a');
      }
    };
  }

  private static Consumer<Values> dictionary(
      List<Map.Entry<Consumer<Values>, Consumer<Values>>> entries) {
    return out -> {
      out.raw('}');
      setAll(out, entries);
    };
  }

  private static void setAll(
      Values out, List<Map.Entry<Consumer<Values>, Consumer<Values>>> entries) {
    for (var each : entries) {
      each.getKey().accept(out);
      each.getValue().accept(out);
      out.raw('s');
    }
  }

  private String one(List<String> names) {
    return names.get(random.nextInt(names.size()));
  }

  /** A pickle's opcodes. */
  private static final class Values {
    private final PickleWriter writer = new PickleWriter();

    Values raw(int... opcodes) {
      writer.opcodes(opcodes);
      return this;
    }

    Values text(String text) {
      writer.text(text);
      return this;
    }

    Values integer(long value) {
      writer.number(value);
      return this;
    }

    Values global(String module, String name) {
      writer.global(module, name);
      return this;
    }

    Values orderedDict() {
      return global("collections", "OrderedDict").raw(')', 'R');
    }

    byte[] end() {
      return writer.end();
    }
  }
}
