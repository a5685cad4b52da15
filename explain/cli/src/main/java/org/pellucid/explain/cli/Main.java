package org.pellucid.explain.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.pellucid.weights.PrintableText;
import org.pellucid.weights.UnusableFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit codes: 0 done, 1 failed, 2 wrong usage; an error is one line on standard
 * error.
 */
@Command(
    name = "pellucid",
    description = "Explains neural networks on the JVM.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    version = "pellucid 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DemoCommand.class, ImageCommand.class, TextCommand.class, WeightsCommand.class})
public final class Main implements Runnable {
  static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Reports memory and time, and adds the stack trace to an error.")
  private boolean verbose;

  @Option(
      names = "--progress",
      scope = ScopeType.INHERIT,
      description = "Shows progress even if standard error is not a terminal.")
  private boolean progress;

  @Option(
      names = "--threads",
      paramLabel = "N",
      scope = ScopeType.INHERIT,
      defaultValue = "",
      description = "Threads that compute; default: all processors.")
  private String threads;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      scope = ScopeType.INHERIT,
      defaultValue = "",
      description =
          "Memory that batches must fit in, such as 2g; default: half of the free memory.")
  private String memory;

  private Optional<Machine> machine = Optional.empty();

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs a command and returns its exit code. */
  public static int run(String... arguments) {
    var main = new Main();
    return new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((error, _) -> main.wrongUsage(error))
        .setExecutionExceptionHandler((error, _, _) -> main.failed(error))
        .setExecutionStrategy(main::execute)
        .execute(arguments);
  }

  private int execute(ParseResult parsed) {
    machineOptions();
    try {
      var code = new RunLast().execute(parsed);
      if (verbose) {
        machine.map(Machine::report).ifPresent(System.err::println);
      }
      return code;
    } finally {
      machine.ifPresent(Machine::close);
    }
  }

  private MachineOptions machineOptions() {
    try {
      return MachineOptions.parse(threads, memory);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  /** What the command computes with. */
  Machine machine() {
    if (machine.isEmpty()) {
      machine = Optional.of(new Machine(machineOptions()));
    }
    return machine.get();
  }

  Console console() {
    var terminal = System.console();
    var watched = terminal != null && terminal.isTerminal();
    return new Console(System.out, System.err, progress || watched);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing; see pellucid --help");
  }

  private int wrongUsage(ParameterException error) {
    var message = error.getMessage().lines().findFirst().orElse("wrong usage");
    System.err.println("pellucid: " + oneLine(message));
    if (verbose) {
      error.printStackTrace();
    }
    return WRONG_USAGE;
  }

  private int failed(Exception error) throws Exception {
    if (verbose) {
      error.printStackTrace();
    }
    switch (error) {
      case UnusableFileException _, RefusedInput _, IOException _, UncheckedIOException _ ->
          System.err.println("pellucid: " + oneLine(error.getMessage()));
      case InterruptedException _, CancellationException _ ->
          System.err.println("pellucid: cancelled");
      default ->
          System.err.println(
              "pellucid: something went wrong inside (%s); run again with --verbose and report it"
                  .formatted(oneLine(String.valueOf(error))));
    }
    return FAILED;
  }

  /** A message may quote text from a file, which must not control the terminal. */
  static String oneLine(String message) {
    return message == null
        ? "no reason given"
        : PrintableText.of(message.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}
