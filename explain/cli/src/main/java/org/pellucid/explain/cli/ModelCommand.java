package org.pellucid.explain.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands on networks of any structure in ONNX files. */
@Command(
    name = "model",
    description = "Inspects, runs and explains a network in an ONNX file.",
    subcommands = {InspectModelCommand.class, RunModelCommand.class, ExplainModelCommand.class})
final class ModelCommand implements Runnable {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; see pellucid model --help");
  }

  Main main() {
    return main;
  }
}
