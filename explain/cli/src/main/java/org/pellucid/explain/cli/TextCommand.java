package org.pellucid.explain.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands on texts. */
@Command(
    name = "text",
    description = "Explains what BERT computes for texts.",
    subcommands = {
      AskCommand.class,
      AttentionCommand.class,
      AttributeCommand.class,
      CompareCommand.class,
      EmbeddingsCommand.class,
      IndexCommand.class,
      SearchCommand.class,
      TokensCommand.class,
      TuneCommand.class
    })
final class TextCommand implements Runnable {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; see pellucid text --help");
  }

  Main main() {
    return main;
  }
}
