package org.pellucid.explain.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.onnx.GraphFile;
import org.pellucid.weights.onnx.GraphValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Tells what an ONNX file holds, how much work it is, and whether it can be run here. */
@Command(
    name = "inspect",
    description =
        "Lists inputs, outputs, operators, parameters, multiply-adds, and what isn't supported.")
final class InspectModelCommand implements Callable<Integer> {
  @ParentCommand private ModelCommand parent;
  @Spec private CommandSpec spec;

  @Mixin private GraphChoice graph;

  @Option(
      names = "--shape",
      paramLabel = "NAME=1x3x224x224",
      description =
          "An input's shape, for the multiply-adds; needed where the file leaves sizes open. The"
              + " name may be left out where there is one input.")
  private List<String> shapes = List.of();

  @Option(
      names = "--nodes",
      description = "Lists the nodes too, by whose values --wrt and layers are named.")
  private boolean nodes;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (var file = GraphFile.open(graph.path(), OpenOptions.standard())) {
      var console = parent.main().console();
      var summary = withWork(GraphSummary.of(file, nodes), shapes(file.inputs()));
      if (json) {
        console.print(summary.json());
      } else {
        summary.print(console);
      }
      return 0;
    }
  }

  /** The work needs a run on zeros, and so a graph that can run and all of its shapes. */
  private GraphSummary withWork(GraphSummary summary, Optional<Map<String, long[]>> ofInputs)
      throws IOException, InterruptedException {
    if (ofInputs.isEmpty() || !summary.unsupported().isEmpty()) {
      return summary;
    }
    try (var model = OnnxModel.open(graph.path())) {
      var engine = parent.main().machine().engine();
      var work = RefusedInput.orResult(() -> model.multiplyAdds(engine, ofInputs.get()));
      return summary.withWork(ofInputs.get(), work);
    }
  }

  /** The given shapes and those in the file; none if one is neither given nor in the file. */
  private Optional<Map<String, long[]>> shapes(List<GraphValue> inputs) {
    var given = given(inputs);
    var all = new LinkedHashMap<String, long[]>();
    for (var input : inputs) {
      var inFile =
          input
              .axes()
              .filter(axes -> axes.stream().allMatch(axis -> axis.size().isPresent()))
              .map(axes -> axes.stream().mapToLong(axis -> axis.size().getAsLong()).toArray());
      Optional.ofNullable(given.get(input.name()))
          .or(() -> inFile)
          .ifPresent(shape -> all.put(input.name(), shape));
    }
    if (all.size() < inputs.size() && !given.isEmpty()) {
      var missing = inputs.stream().filter(input -> !all.containsKey(input.name())).toList();
      throw wrong("--shape is needed for %s too", missing);
    }
    return all.size() == inputs.size() ? Optional.of(all) : Optional.empty();
  }

  private Map<String, long[]> given(List<GraphValue> inputs) {
    var names = inputs.stream().map(GraphValue::name).toList();
    var given = new LinkedHashMap<String, long[]>();
    for (var each : shapes) {
      var equals = each.lastIndexOf('=');
      if (equals < 0 && names.size() != 1) {
        throw wrong("--shape is %s, but must be NAME=SIZES with a name of %s", each, names);
      }
      var name = equals < 0 ? names.getFirst() : each.substring(0, equals);
      if (!names.contains(name)) {
        throw wrong("--shape names %s, but the graph's inputs are %s", name, names);
      }
      given.put(name, sizes(each.substring(equals + 1)));
    }
    return given;
  }

  private long[] sizes(String text) {
    if (!text.matches("\\d{1,9}(x\\d{1,9})*")) {
      throw wrong("--shape ends in %s, but must be sizes such as 1x3x224x224", text);
    }
    return List.of(text.split("x")).stream().mapToLong(Long::parseLong).toArray();
  }

  private ParameterException wrong(String message, Object... arguments) {
    return new ParameterException(spec.commandLine(), message.formatted(arguments));
  }
}
