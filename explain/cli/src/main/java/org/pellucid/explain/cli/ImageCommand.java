package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.attribution.InputGradients;
import org.pellucid.explain.view.ReportPage;
import org.pellucid.explain.view.ReportWriter;
import org.pellucid.models.Model;
import org.pellucid.models.vision.ImageFiles;
import org.pellucid.models.zoo.FoodClasses;
import org.pellucid.models.zoo.FoodNetworks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands on images. */
@Command(name = "image", description = "Classifies images and explains the answers.")
final class ImageCommand implements Runnable {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  /** Options that both commands have. */
  static final class Input {
    @Option(
        names = "--weights",
        paramLabel = "FILE",
        required = true,
        description = "A checkpoint, or food for the built-in network.")
    private String weights;

    @Option(
        names = "--network",
        paramLabel = "FILE",
        description = "A JSON description of the layers, where the checkpoint's names don't tell.")
    private Optional<Path> network;

    @Option(
        names = "--images",
        paramLabel = "PATH",
        required = true,
        arity = "1..*",
        description = "Images, or directories of images.")
    private List<Path> images;

    List<ImageInput> subjects(Model model) {
      var files = ImageFiles.list(images);
      var names = new HashSet<String>();
      for (var file : files) {
        Shapes.check(
            names.add(ImageFiles.stem(file)),
            "Two images are named %s, so their results would overwrite each other; rename one",
            ImageFiles.stem(file));
      }
      return files.stream().map(file -> ImageInput.read(file, model)).toList();
    }
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; see pellucid image --help");
  }

  @Command(name = "classify", description = "Prints what the network takes images for.")
  int classify(
      @Mixin Input input, @Option(names = "--json", description = "Prints JSON.") boolean json) {
    try (var model = FoodNetworks.open(input.weights, input.network)) {
      var machine = main.machine();
      var gradients = new InputGradients(machine.engine(), model, ElementType.FLOAT32);
      machine.predict(model.memory(machine.engine().kernels()), 1, false);
      var lines = new ArrayList<Map<String, Object>>();
      for (var subject : input.subjects(model)) {
        var logits = gradients.logits(subject.values());
        var probabilities = Probabilities.softmax(logits);
        var best = Probabilities.largest(probabilities);
        var line = new LinkedHashMap<String, Object>();
        line.put("name", subject.name());
        line.put("logits", logits);
        line.put("probabilities", probabilities);
        line.put("predicted", best);
        line.put("class", FoodClasses.name(best, model.outputs()));
        lines.add(line);
        if (!json) {
          main.console()
              .print(
                  "%-24s %-16s %5.1f %%"
                      .formatted(
                          subject.name(),
                          FoodClasses.name(best, model.outputs()),
                          100 * probabilities[best]));
        }
      }
      if (json) {
        main.console().print(Json.pretty(Map.of("pictures", lines)));
      }
      return 0;
    }
  }

  @Command(name = "explain", description = "Writes explanations and a report of them.")
  int explain(
      @Mixin Input input,
      @Option(names = "--out", paramLabel = "DIR", required = true) Path out,
      @Option(
              names = "--methods",
              split = ",",
              paramLabel = "METHOD",
              description =
                  "lime, saliency, smoothgrad, filters, integrated-gradients; all without.")
          List<String> methods,
      @Option(
              names = "--target",
              defaultValue = "predicted",
              description = "label, predicted or a class number.")
          String target,
      @Option(names = "--seed", defaultValue = "0") long seed,
      @Option(
              names = "--batch",
              paramLabel = "N",
              description = "Images at a time; what --memory has room for without.")
          Optional<Integer> batch,
      @Option(names = "--set", paramLabel = "METHOD.PARAM=VALUE") List<String> settings,
      @Option(names = "--preset", description = "homework: the original notebook's definitions.")
          Optional<String> preset) {
    var chosen = methods == null ? MethodSettings.METHODS : methods;
    for (var method : chosen) {
      usage(
          MethodSettings.METHODS.contains(method),
          "there is no method %s; the methods are %s",
          method,
          String.join(", ", MethodSettings.METHODS));
    }
    usage(
        preset.isEmpty() || preset.get().equals("homework"),
        "--preset is %s, but must be homework",
        preset.orElse(""));
    usage(batch.orElse(1) > 0, "--batch is %d, but must be at least 1", batch.orElse(1));
    usage(
        seed == (int) seed || preset.isPresent() || !chosen.contains("lime"),
        "--seed is %d, but lime takes a number from %d to %d",
        seed,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE);
    var parsed = parsed(preset.isPresent(), settings == null ? List.of() : settings, target);
    try (var model = FoodNetworks.open(input.weights, input.network)) {
      var start = System.nanoTime();
      var subjects = input.subjects(model);
      var run =
          new ImageRun(main.machine(), model, parsed.settings(), out, batch, seed, parsed.target());
      run.explain(subjects, chosen, main.console());
      run.writeManifest(Map.of("weights", input.weights, "classes", model.outputs()));
      var seconds = (System.nanoTime() - start) / 1e9;
      var subtitle =
          "%d images, weights %s, %.1f seconds".formatted(subjects.size(), input.weights, seconds);
      var page = new ReportPage("What the network sees", run.rows());
      try (var report = new ReportWriter(out.resolve("index.html"), page)) {
        run.entries(subjects).forEach(report::add);
        report.finish(
            subtitle,
            List.of(),
            "Values are unnormalised in the NPY files; images are stretched for display.");
      }
      main.console().print("The report is " + out.resolve("index.html"));
      return 0;
    }
  }

  private record Parsed(MethodSettings settings, ImageRun.Target target) {}

  private Parsed parsed(boolean homework, List<String> settings, String target) {
    try {
      return new Parsed(new MethodSettings(homework, settings), ImageRun.Target.parse(target));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private void usage(boolean condition, String message, Object... arguments) {
    try {
      Shapes.check(condition, message, arguments);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }
}
