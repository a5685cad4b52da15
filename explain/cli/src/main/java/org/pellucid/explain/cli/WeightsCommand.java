package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.Limits;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.PrintableText;
import org.pellucid.weights.convert.Conversion;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.inspect.CheckpointDifference;
import org.pellucid.weights.inspect.Inspection;
import org.pellucid.weights.inspect.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands on weight files. */
@Command(name = "weights", description = "Inspects, verifies, compares and converts weight files.")
final class WeightsCommand implements Runnable {
  private static final String STATE =
      "Takes the weights from the state dict under this path, such as ema or models.student; "
          + "'.' stands for all tensors of the file.";

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; see pellucid weights --help");
  }

  @Command(name = "list", description = "Lists the models that have a name.")
  int list() {
    var console = main.console();
    console.print("food  the built-in food classifier");
    for (var model : KnownModel.values()) {
      console.print(
          "%s  %s, %d MB".formatted(model.modelName(), model.coordinates(), model.megabytes()));
    }
    console.print(
        BertModels.QUESTION_ANSWERING
            + "  bert-base-cased with the built-in adapter for questions");
    return 0;
  }

  @Command(name = "inspect", description = "Lists the tensors of a weight file.")
  int inspect(
      @Parameters(paramLabel = "FILE") Path file,
      @Option(names = "--json", description = "Prints JSON.") boolean json,
      @Option(names = "--csv", description = "Prints comma-separated values.") boolean csv,
      @Option(names = "--state", paramLabel = "PATH", description = STATE) Optional<String> state) {
    try (var checkpoint = WeightFiles.open(file, options(state))) {
      var inspection = Inspection.of(checkpoint);
      var text = json ? inspection.toJson() : csv ? inspection.toCsv() : inspection.toTable();
      main.console().print(text.stripTrailing());
      return 0;
    }
  }

  @Command(name = "verify", description = "Checks structure, checksums and numbers of a file.")
  int verify(
      @Parameters(paramLabel = "FILE") Path file,
      @Option(names = "--state", paramLabel = "PATH", description = STATE) Optional<String> state) {
    main.console().print(Verification.verify(file, options(state)));
    return 0;
  }

  private static OpenOptions options(Optional<String> state) {
    return new OpenOptions(Limits.standard(), state);
  }

  @Command(
      name = "diff",
      description = "Compares two weight files of any formats; 1 is returned if they differ.")
  int diff(
      @Parameters(paramLabel = "A") Path first,
      @Parameters(paramLabel = "B") Path second,
      @Option(names = "--state", paramLabel = "PATH", description = STATE) Optional<String> state,
      @Option(
              names = "--other-state",
              paramLabel = "PATH",
              description = "The same for B; default: it is found.")
          Optional<String> otherState) {
    try (var a = WeightFiles.open(first, options(state));
        var b = WeightFiles.open(second, options(otherState))) {
      notes(a);
      notes(b);
      var comparison = CheckpointDifference.of(a, b);
      main.console().print(comparison.toTable().stripTrailing());
      return comparison.isEqual() ? 0 : 1;
    }
  }

  @Command(
      name = "convert",
      description = "Rewrites a checkpoint in the format of OUT's ending and checks the result.")
  int convert(
      @Parameters(paramLabel = "IN") Path in,
      @Parameters(
              paramLabel = "OUT",
              description = "Its ending decides the format: ${COMPLETION-CANDIDATES}.",
              completionCandidates = WrittenEndings.class)
          Path out,
      @Option(
              names = "--dtype",
              paramLabel = "TYPE",
              description = "f64, f32, f16 or bf16; default: each tensor's own type.")
          Optional<String> dtype,
      @Option(
              names = "--names",
              paramLabel = "auto|keep|MAP.json",
              defaultValue = "auto",
              description =
                  "auto: a recognised network's current names; keep: unchanged; or a JSON file "
                      + "{\"old\": \"new\"}.")
          String names,
      @Option(
              names = "--adapter",
              paramLabel = "FILE",
              description = "Merges a low-rank adapter into the weights.")
          Optional<Path> adapter,
      @Option(names = "--state", paramLabel = "PATH", description = STATE) Optional<String> state) {
    if (WeightFiles.writerFor(out).isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "OUT is %s, but only %s are written"
              .formatted(out, String.join(", ", WeightFiles.writtenEndings())));
    }
    var type = dtype.map(this::type);
    try (var checkpoint = WeightFiles.open(in, options(state));
        var low = new OptionalCheckpoint(adapter.map(WeightFiles::open));
        var bar = main.console().bar("convert", Console.FINE)) {
      var request = new Conversion.Request(names(names), type, low.checkpoint(), Map.of());
      var report =
          Conversion.convert(
              checkpoint,
              out,
              request,
              (done, total) -> bar.to((long) ((double) Console.FINE * done / Math.max(1, total))));
      print(report, out);
      return 0;
    }
  }

  private void notes(Checkpoint checkpoint) {
    checkpoint.notes().forEach(note -> main.console().print("note: " + PrintableText.of(note)));
  }

  /** The endings of files that can be written. */
  static final class WrittenEndings implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return WeightFiles.writtenEndings().iterator();
    }
  }

  /** A checkpoint that may be absent, closed if it isn't. */
  private record OptionalCheckpoint(Optional<Checkpoint> checkpoint) implements AutoCloseable {
    @Override
    public void close() {
      checkpoint.ifPresent(Checkpoint::close);
    }
  }

  private static Conversion.Names names(String option) {
    return switch (option) {
      case "auto" -> new Conversion.Names.Automatic();
      case "keep" -> new Conversion.Names.Kept();
      default -> new Conversion.Names.Mapped(Path.of(option));
    };
  }

  private void print(Conversion.Report report, Path out) {
    var console = main.console();
    report.recognised().ifPresent(network -> console.print("recognised: " + network));
    for (var line : report.lines()) {
      console.print(
          PrintableText.of(
              "%s %s -> %s %s %s%s  crc32c %s"
                  .formatted(
                      line.from().name(),
                      line.from().dtype(),
                      line.to().name(),
                      line.to().dtype(),
                      Arrays.toString(line.to().shape()),
                      line.isTransposed() ? " transposed" : "",
                      line.crc32c())));
    }
    report.notes().forEach(note -> console.print("note: " + PrintableText.of(note)));
    console.print(
        "%d tensors written to %s and read back"
            .formatted(report.lines().size(), PrintableText.of(out.toString())));
  }

  private DType type(String name) {
    return DType.named(name.toUpperCase(Locale.ROOT))
        .filter(DType::isFloatingPoint)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "--dtype is %s, but must be f64, f32, f16 or bf16".formatted(name)));
  }
}
