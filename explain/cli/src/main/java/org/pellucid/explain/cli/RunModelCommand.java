package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.weights.numpy.Npy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Computes an ONNX graph's outputs. */
@Command(name = "run", description = "Writes each output of an ONNX graph as a NumPy array.")
final class RunModelCommand implements Callable<Integer> {
  @ParentCommand private ModelCommand parent;
  @Mixin private GraphInputs inputs;

  @Mixin private GraphChoice graph;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The directory for OUTPUT.npy.")
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (var model = OnnxModel.open(graph.path())) {
      var given = inputs.read(model);
      var results = RefusedInput.orResult(() -> model.run(parent.main().machine().engine(), given));
      results.forEach(
          (name, array) ->
              Npy.write(
                  out.resolve(GraphInputs.fileName(name) + ".npy"),
                  array.type(),
                  array.values(),
                  array.shape()));
      return 0;
    }
  }
}
