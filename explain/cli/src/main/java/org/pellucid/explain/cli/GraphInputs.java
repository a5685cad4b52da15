package org.pellucid.explain.cli;

import java.nio.file.Path;
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
   * @throws ParameterException if a name is not an input's or an input has no array
   */
  Map<String, NumericArray> read(OnnxModel model) {
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
      var array = Npy.read(Path.of(given.substring(equals + 1)));
      arrays.put(name, new NumericArray(types.get(name), array.shape(), array.doubles()));
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

  ParameterException wrong(String message, Object... arguments) {
    return new ParameterException(command.commandLine(), message.formatted(arguments));
  }

  /** A value's name as a file's: a graph's names hold slashes. */
  static String fileName(String value) {
    return value.replace('/', '_').replace(':', '_').replace('\\', '_');
  }
}
