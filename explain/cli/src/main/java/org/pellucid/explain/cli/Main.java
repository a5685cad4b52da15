package org.pellucid.explain.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pellucid.weights.PrintableText;
import org.pellucid.weights.UnusableFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.MissingParameterException;
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
    subcommands = {
      DemoCommand.class,
      ImageCommand.class,
      TextCommand.class,
      WeightsCommand.class,
      ModelCommand.class,
      ServeCommand.class
    })
public final class Main implements Runnable {
  static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;
  private static final int SECONDS_TO_CANCEL = 10;

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
    var worker = Thread.currentThread();
    var finished = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> cancel(worker, finished)));
    var code = run(arguments);
    finished.countDown();
    System.exit(code);
  }

  /** Lets a command that a signal ends delete its temporary files. */
  private static void cancel(Thread worker, CountDownLatch finished) {
    if (finished.getCount() == 0) {
      return;
    }
    worker.interrupt();
    try {
      if (!finished.await(SECONDS_TO_CANCEL, TimeUnit.SECONDS)) {
        System.err.println("pellucid: stopped before temporary files were deleted");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
    System.err.println("pellucid: " + oneLine(reason(error)));
    if (verbose) {
      error.printStackTrace();
    }
    return WRONG_USAGE;
  }

  /** An unknown option says more than the required one that is missing because of it. */
  private static String reason(ParameterException error) {
    var parsed = error.getCommandLine().getParseResult();
    var unknown =
        error instanceof MissingParameterException && parsed != null
            ? parsed.unmatched()
            : List.<String>of();
    return unknown.isEmpty()
        ? error.getMessage().lines().findFirst().orElse("wrong usage")
        : "Unknown option: '%s'; see --help".formatted(unknown.getFirst());
  }

  private int failed(Exception error) throws Exception {
    if (verbose) {
      error.printStackTrace();
    }
    switch (error) {
      case FileSystemException unusable ->
          System.err.println("pellucid: " + oneLine(reason(unusable)));
      case UncheckedIOException unchecked
          when unchecked.getCause() instanceof FileSystemException unusable
              && unchecked.getMessage().equals(unusable.toString()) ->
          System.err.println("pellucid: " + oneLine(reason(unusable)));
      case UnusableFileException _, RefusedInput _, IOException _, UncheckedIOException _ ->
          System.err.println("pellucid: " + oneLine(error.getMessage()));
      case InterruptedException _, CancellationException _ ->
          System.err.println("pellucid: cancelled");
      case ExecutionException e when e.getCause() instanceof OutOfMemoryError memory ->
          System.err.println(
              "pellucid: the memory is not enough (%s); choose a smaller --batch or --memory, or give the JVM more: PELLUCID_JAVA_OPTS=-Xmx8g"
                  .formatted(oneLine(memory.getMessage())));
      default ->
          System.err.println(
              "pellucid: something went wrong inside (%s); run again with --verbose and report it"
                  .formatted(oneLine(String.valueOf(error))));
    }
    return FAILED;
  }

  /** The JDK's messages of most of these consist of the path alone. */
  private static String reason(FileSystemException error) {
    var why =
        switch (error) {
          case NoSuchFileException _ -> "there is no such file or folder";
          case AccessDeniedException _ -> "access is denied";
          case FileAlreadyExistsException _ -> "a file of that name is in the way";
          case NotDirectoryException _ -> "it is not a folder";
          default -> Optional.ofNullable(error.getReason()).orElse("it can't be used");
        };
    return "%s: %s; check the path and its permissions".formatted(error.getFile(), why);
  }

  /** A message may quote text from a file, which must not control the terminal. */
  static String oneLine(String message) {
    return message == null
        ? "no reason given"
        : PrintableText.of(message.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}
