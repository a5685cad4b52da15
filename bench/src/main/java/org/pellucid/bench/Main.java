package org.pellucid.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.contender.Contenders;
import org.pellucid.bench.paired.Comparison;
import org.pellucid.bench.paired.PairedRun;
import org.pellucid.bench.paired.PairedSuite;
import org.pellucid.bench.paired.Report;
import org.pellucid.bench.work.ExplanationWork;
import org.pellucid.bench.work.HomeworkWork;
import org.pellucid.bench.work.Workload;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code pellucid bench}: the short comparison of this project with a rival. */
@Command(
    name = "pellucid bench",
    description = "Measures this project beside a rival, in turn and with the same answers.",
    mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--rivals", description = "Measures beside DJL with PyTorch.")
  private boolean rivals;

  @Option(
      names = "--against",
      paramLabel = "NAME",
      description =
          "The rival: djl-pytorch, djl-pytorch-lean, djl-pytorch-folded, onnxruntime (all with"
              + " --rivals), nd4j, or pellucid-portable, which it is without --rivals.")
  private Optional<String> against;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to a file.")
  private Optional<Path> json;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      defaultValue = "",
      description = "Measures what has this in its name.")
  private Pattern only;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "2",
      description = "How long each side is timed at each benchmark (${DEFAULT-VALUE}).")
  private double seconds;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of each side (all).")
  private Optional<Integer> threads;

  @Option(
      names = "--convolution-batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "Images in a single convolution (${DEFAULT-VALUE}).")
  private int convolutionBatch;

  @Option(names = "--verbose", description = "Adds the stack trace to an error.")
  private boolean verbose;

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs the command and returns its exit code: 0 done, 1 failed, 2 wrong usage. */
  public static int run(String... arguments) {
    var main = new Main();
    return new CommandLine(main)
        .setParameterExceptionHandler(
            (error, _) -> main.complain(error, CommandLine.ExitCode.USAGE))
        .setExecutionExceptionHandler(
            (error, _, _) -> main.complain(error, CommandLine.ExitCode.SOFTWARE))
        .execute(arguments);
  }

  private int complain(Exception error, int code) {
    var message = error instanceof IOException ? error.toString() : error.getMessage();
    System.err.println("pellucid: " + String.valueOf(message).replaceAll("\\s*\\R\\s*", " "));
    if (verbose) {
      error.printStackTrace();
    }
    return code;
  }

  @Override
  public Integer call() throws IOException {
    var width = threads.orElseGet(() -> Runtime.getRuntime().availableProcessors());
    require(width > 0, "--threads must be at least 1");
    require(convolutionBatch > 0, "--convolution-batch must be at least 1");
    require(seconds > 0, "--seconds must be above 0");
    var name = against.orElse(rivals ? Contenders.DJL : Contenders.PORTABLE);
    var all =
        name.equals(Contenders.ONNX_RUNTIME)
            ? PairedSuite.inference()
            : PairedSuite.workloads(convolutionBatch);
    var workloads = all.stream().filter(workload -> only.matcher(workload.name()).find()).toList();
    require(!workloads.isEmpty(), "no benchmark has %s in its name".formatted(only));
    // The rival first: it may refuse, and nothing should be loaded for nothing.
    try (var rival = Contenders.open(name, width);
        var ours = Contenders.open(Contenders.VECTOR, width)) {
      var comparisons = measure(workloads, ours, rival, width);
      if (json.isPresent()) {
        Report.write(comparisons, json.get());
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private List<Comparison> measure(
      List<Workload> workloads, Contender ours, Contender rival, int width) {
    var run = new PairedRun(ours, Optional.of(rival), seconds);
    var comparisons = new ArrayList<Comparison>();
    System.out.println(Report.head(ours.name(), rival.name(), width));
    for (var workload : workloads) {
      // A thousand images through the portable kernels would take longer than all the rest.
      var compared =
          rivals || !(workload instanceof ExplanationWork || workload instanceof HomeworkWork);
      var comparison = run.measure(workload, compared);
      comparisons.add(comparison);
      System.out.println(Report.row(comparison));
    }
    return comparisons;
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
