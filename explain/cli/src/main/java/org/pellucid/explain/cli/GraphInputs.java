package org.pellucid.explain.cli;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.models.onnx.NumericArray;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.weights.DType;
import org.pellucid.weights.numpy.Npy;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The arrays that a graph is given. */
final class GraphInputs {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--input",
      paramLabel = "NAME=X.npy",
      arity = "1..*",
      required = true,
      description = "A NumPy array for each input; the name may be left out where there is one.")
  private List<String> inputs;

  /**
   * Reads the arrays.
   *
   * @throws org.pellucid.weights.WeightsException if a file can't be read
   * @throws ParameterException if a name is not an input's or an input has no array, or two
   * @throws RefusedInput if an array holds numbers that its input's type doesn't have
   */
  Map<String, NumericArray> read(OnnxModel model) throws IOException, InterruptedException {
    var types = new LinkedHashMap<String, DType>();
    model.inputs().forEach(input -> types.put(input.name(), input.type().orElse(DType.F32)));
    var arrays = new LinkedHashMap<String, NumericArray>();
    for (var given : inputs) {
      var equals = given.indexOf('=');
      if (equals < 0 && types.size() != 1) {
        throw wrong(
            "--input is %s, but must be NAME=FILE with a name of %s", given, types.keySet());
      }
      var name = equals < 0 ? types.keySet().iterator().next() : given.substring(0, equals);
      if (!types.containsKey(name)) {
        throw wrong("--input names %s, but the graph's inputs are %s", name, types.keySet());
      }
      var file = given.substring(equals + 1);
      if (file.isEmpty()) {
        throw wrong("--input is %s, but must be NAME=FILE", given);
      }
      if (arrays.put(name, array(name, types.get(name), file)) != null) {
        throw wrong("--input gives the graph's input %s two arrays; give one", name);
      }
    }
    types
        .keySet()
        .forEach(
            name -> {
              if (!arrays.containsKey(name)) {
                throw wrong("the graph's input %s has no array; give --input %s=FILE", name, name);
              }
            });
    return arrays;
  }

  private static NumericArray array(String name, DType type, String file)
      throws IOException, InterruptedException {
    var array = Npy.read(Path.of(file));
    var values = array.doubles();
    return RefusedInput.orResult(
        () -> {
          var wrong = Arrays.stream(values).filter(value -> !fits(value, type)).findFirst();
          check(
              wrong.isEmpty(),
              "%s holds %s, but the graph's input %s takes numbers of the type %s",
              file,
              wrong.orElse(0),
              name,
              type);
          return new NumericArray(type, array.shape(), values);
        });
  }

  /** Whole numbers have no fractions, and single precision ends at 3.4e38. */
  private static boolean fits(double value, DType type) {
    return type.isFloatingPoint()
        ? type == DType.F64 || !Double.isFinite(value) || Float.isFinite((float) value)
        : value == Math.rint(value);
  }

  ParameterException wrong(String message, Object... arguments) {
    return new ParameterException(command.commandLine(), message.formatted(arguments));
  }

  /** A value's name as a file's: a graph's names hold slashes. */
  static String fileName(String value) {
    return value.replace('/', '_').replace(':', '_').replace('\\', '_');
  }
}
