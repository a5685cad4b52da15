package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.onnx.GraphFile;
import org.pellucid.weights.onnx.GraphValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Tells what an ONNX file holds, and whether it can be run here. */
@Command(
    name = "inspect",
    description = "Lists inputs, outputs, operators and parameters, and what isn't supported.")
final class InspectModelCommand implements Callable<Integer> {
  @ParentCommand private ModelCommand model;

  @Parameters(paramLabel = "FILE", description = "An ONNX file.")
  private Path file;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  /** What is printed; {@code unsupported} lists the nodes of each operator that isn't. */
  private record Summary(
      String file,
      int opset,
      Map<String, String> metadata,
      List<String> inputs,
      List<String> outputs,
      Map<String, Integer> operators,
      long parameters,
      Map<String, List<String>> unsupported) {

    static Summary of(GraphFile graph) {
      var operators = new TreeMap<String, Integer>();
      graph.nodes().forEach(node -> operators.merge(node.operation(), 1, Integer::sum));
      return new Summary(
          graph.path().toString(),
          graph.opset(),
          new TreeMap<>(graph.metadata()),
          graph.inputs().stream().map(GraphValue::toString).toList(),
          graph.outputs().stream().map(GraphValue::toString).toList(),
          operators,
          graph.initialisers().values().stream()
              .filter(tensor -> tensor.info().dtype().isFloatingPoint())
              .mapToLong(tensor -> Arrays.stream(tensor.info().shape()).reduce(1, (a, b) -> a * b))
              .sum(),
          OnnxModel.unsupported(graph));
    }
  }

  @Override
  public Integer call() {
    try (var graph = GraphFile.open(file, OpenOptions.standard())) {
      var summary = Summary.of(graph);
      var console = model.main().console();
      if (json) {
        console.print(Json.pretty(summary));
      } else {
        print(summary, console);
      }
      return 0;
    }
  }

  private static void print(Summary summary, Console console) {
    console.print("%s, opset %d".formatted(summary.file(), summary.opset()));
    summary.metadata().forEach((name, value) -> console.print("  %s: %s".formatted(name, value)));
    summary.inputs().forEach(input -> console.print("input  " + input));
    summary.outputs().forEach(output -> console.print("output " + output));
    console.print("%,d parameters".formatted(summary.parameters()));
    summary.operators().forEach((name, count) -> console.print("%6d %s".formatted(count, name)));
    summary
        .unsupported()
        .forEach(
            (name, nodes) ->
                console.print("not supported: %s (%s)".formatted(name, String.join(", ", nodes))));
    if (summary.unsupported().isEmpty()) {
      console.print("All operators are supported.");
    }
  }
}
