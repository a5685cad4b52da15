package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.Inspection;
import org.pellucid.weights.Verification;
import org.pellucid.weights.convert.BertNames;
import org.pellucid.weights.convert.Conversion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands on weight files. */
@Command(name = "weights", description = "Looks into weight files, checks and converts them.")
final class WeightsCommand implements Runnable {
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
    return 0;
  }

  @Command(name = "inspect", description = "Shows what is in a weight file.")
  int inspect(
      @Parameters(paramLabel = "FILE") Path file,
      @Option(names = "--json", description = "Prints JSON.") boolean json) {
    try (var checkpoint = Checkpoint.open(file)) {
      var inspection = Inspection.of(checkpoint);
      main.console().print(json ? inspection.toJson() : inspection.toTable().stripTrailing());
      return 0;
    }
  }

  @Command(name = "verify", description = "Checks a weight file.")
  int verify(@Parameters(paramLabel = "FILE") Path file) {
    main.console().print(Verification.verify(file));
    return 0;
  }

  @Command(
      name = "convert",
      description = "Rewrites a checkpoint as safetensors, BERT's names in Hugging Face's form.")
  int convert(
      @Parameters(paramLabel = "IN") Path in,
      @Parameters(paramLabel = "OUT") Path out,
      @Option(
              names = "--dtype",
              paramLabel = "TYPE",
              description = "f32, f16 or bf16; each tensor keeps its type without.")
          Optional<String> dtype) {
    if (!out.toString().endsWith(".safetensors")) {
      throw new ParameterException(
          spec.commandLine(), "OUT is %s, but only .safetensors is written".formatted(out));
    }
    try (var checkpoint = BertNames.huggingFace(Checkpoint.open(in))) {
      var lines = Conversion.toSafetensors(checkpoint, out, dtype.map(this::type), Map.of());
      for (var line : lines) {
        main.console()
            .print(
                "%s %s -> %s %s  %s"
                    .formatted(
                        line.from().name(),
                        line.from().dtype(),
                        line.to().dtype(),
                        Arrays.toString(line.to().shape()),
                        line.sha256().substring(0, 16)));
      }
      main.console().print("%d tensors written to %s and read back".formatted(lines.size(), out));
      return 0;
    }
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
