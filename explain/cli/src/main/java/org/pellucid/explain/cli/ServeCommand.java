package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.pellucid.explain.server.PellucidServer;
import org.pellucid.explain.server.ServerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Serves the pages until it is stopped. */
@Command(
    name = "serve",
    description = "Serves pages that compute anew when a text is edited, and a JSON interface.")
final class ServeCommand implements Callable<Integer> {
  private static final int MEGABYTE = 1_000_000;

  private final LuceneLog log = new LuceneLog();

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "Address to listen at; default: ${DEFAULT-VALUE}, this machine alone.")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "0 for any that is free; default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--allow-host",
      split = ",",
      paramLabel = "NAME",
      description = "Further names by which browsers may call the server.")
  private Set<String> allowedHosts = Set.of();

  @Option(
      names = "--models",
      split = ",",
      paramLabel = "NAME|DIR",
      description =
          "The models of texts to choose from; default: the known ones that are on this machine.")
  private List<String> models = List.of();

  @Option(
      names = "--index",
      split = ",",
      paramLabel = "DIR",
      description = "Folders that text index has written, to be searched; default: none.")
  private List<Path> indexes = List.of();

  @Option(
      names = "--weights",
      split = ",",
      paramLabel = "NAME|FILE",
      description = "The image classifiers to choose from; default: food.")
  private List<String> weights = List.of("food");

  @Option(
      names = "--model-memory",
      paramLabel = "MB",
      defaultValue = "3000",
      description =
          "Memory for open models in megabytes, two thirds of it on the heap;"
              + " default: ${DEFAULT-VALUE}.")
  private int modelMemory;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "2",
      description = "Requests that are computed at a time; default: ${DEFAULT-VALUE}.")
  private int workers;

  @Option(
      names = "--queue",
      paramLabel = "N",
      defaultValue = "16",
      description = "Requests that wait; others get 503. Default: ${DEFAULT-VALUE}.")
  private int queue;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "The longest that a request may take; default: ${DEFAULT-VALUE}.")
  private int timeout;

  @Option(
      names = "--largest-picture",
      paramLabel = "MB",
      defaultValue = "32",
      description = "The largest upload in megabytes; default: ${DEFAULT-VALUE}.")
  private int largestPicture;

  @Option(names = "--quiet", description = "Prints no line for each request.")
  private boolean quiet;

  @Override
  public Integer call() throws IOException {
    log.quieten();
    var console = main.console();
    var options = options(console);
    try (var server = start(options)) {
      console.print("Pellucid is at " + server.address());
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      console.announce("stopped");
    }
    return 0;
  }

  private ServerOptions options(Console console) {
    return usage(
        () ->
            new ServerOptions(
                host,
                port,
                allowedHosts,
                models,
                indexes,
                weights,
                (long) modelMemory * MEGABYTE,
                workers,
                queue,
                Duration.ofSeconds(timeout),
                ServerOptions.standard().textBytes(),
                Math.multiplyExact(largestPicture, MEGABYTE),
                quiet ? _ -> {} : console::log));
  }

  private PellucidServer start(ServerOptions options) throws IOException {
    try {
      return PellucidServer.start(main.machine().engine(), options);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }

  private ServerOptions usage(Supplier<ServerOptions> work) {
    try {
      return work.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw wrongUsage(e);
    }
  }

  private ParameterException wrongUsage(RuntimeException reason) {
    return new ParameterException(spec.commandLine(), reason.getMessage(), reason);
  }
}
