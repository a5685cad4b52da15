package org.pellucid.explain.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pellucid.explain.Methods;
import org.pellucid.explain.Metrics;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.metrics.MetricDescriptor;
import org.pellucid.explain.run.Classification;
import org.pellucid.explain.run.ImageInput;
import org.pellucid.models.vision.Preprocessing;
import org.pellucid.weights.UnusableFileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands on images. */
@Command(
    name = "image",
    description = "Classifies images and explains the classes.",
    subcommands = {ExplainCommand.class, EvaluateCommand.class, FiltersCommand.class})
final class ImageCommand implements Runnable {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  Main main() {
    return main;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; see pellucid image --help");
  }

  Console console() {
    return main.console();
  }

  Machine machine() {
    return main.machine();
  }

  @Command(name = "classify", description = "Classifies images.")
  int classify(
      @Mixin ImageOptions input,
      @Option(names = "--json", description = "Prints JSON.") boolean json) {
    input.usage(input::preprocessing);
    var files = input.files();
    var remarks = new Remarks(main.console());
    try (var classifier = input.usage(() -> input.open(Preprocessing.standard()))) {
      remarks.notes(classifier.notes());
      var machine = main.machine();
      var evaluator = new Evaluator(machine.engine(), classifier.network());
      machine.estimateMemory(classifier.network(), 1, false);
      var rows = new ArrayList<Classification>();
      var failed = 0;
      for (var image : ImageInput.of(files, classifier, remarks::of)) {
        try {
          var row = Classification.of(image.name(), evaluator.outputs(image.read()), classifier);
          rows.add(row);
          if (!json) {
            main.console().print(line(row));
          }
        } catch (UnusableFileException | IllegalArgumentException e) {
          failed++;
          main.console().complain(image.name() + ": " + e.getMessage());
        }
      }
      if (json) {
        main.console().print(Json.pretty(Map.of("pictures", rows)));
      }
      return failed == 0 ? 0 : Main.FAILED;
    }
  }

  private static String line(Classification image) {
    return String.format(
        Locale.ROOT,
        "%-24s %-16s %5.1f %%",
        image.name(),
        image.className(),
        100 * image.probabilities()[image.predicted()]);
  }

  /** The names that {@code --methods} takes. */
  static final class MethodNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Methods.all().stream().map(MethodDescriptor::name).iterator();
    }
  }

  /** The names that {@code --metrics} takes. */
  static final class MetricNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Metrics.all().stream().map(MetricDescriptor::name).iterator();
    }
  }

  @Command(name = "methods", description = "Lists the methods with their parameters.")
  int methods(@Option(names = "--json", description = "Prints JSON.") boolean json) {
    if (json) {
      main.console()
          .print(Json.pretty(Methods.all().stream().map(ImageCommand::described).toList()));
      return 0;
    }
    for (var method : Methods.all()) {
      main.console().print("%-22s %s".formatted(method.name(), method.sentence()));
      guidance(method)
          .forEach((what, text) -> main.console().print("  %-20s %s".formatted(what, text)));
      printParameters(method.parameters(), 20);
    }
    return 0;
  }

  /** What is told of when to use a method, by what it is about. */
  private static Map<String, String> guidance(MethodDescriptor method) {
    var told = new LinkedHashMap<String, String>();
    told.put("Answers", method.guidance().question());
    told.put("Costs", method.guidance().cost());
    told.put("Misleads", method.guidance().caution());
    told.values().removeIf(String::isBlank);
    return told;
  }

  private static Map<String, Object> described(MethodDescriptor method) {
    var standard = method.standard().asMap();
    var homework = method.homework(10).asMap();
    var root = new LinkedHashMap<String, Object>();
    root.put("name", method.name());
    root.put("title", method.title());
    root.put("sentence", method.sentence());
    root.put("source", method.source());
    root.put("question", method.guidance().question());
    root.put("cost", method.guidance().cost());
    root.put("caution", method.guidance().caution());
    root.put(
        "parameters",
        method.parameters().stream()
            .map(
                parameter -> {
                  var entry = described(parameter, standard);
                  entry.put("homework", homework.get(parameter.name()));
                  return entry;
                })
            .toList());
    return root;
  }

  @Command(name = "metrics", description = "Lists the metrics with their parameters.")
  int metrics(@Option(names = "--json", description = "Prints JSON.") boolean json) {
    if (json) {
      main.console()
          .print(Json.pretty(Metrics.all().stream().map(ImageCommand::described).toList()));
      return 0;
    }
    for (var metric : Metrics.all()) {
      main.console().print("%-26s %s".formatted(metric.name(), metric.meaning()));
      printParameters(metric.parameters(), 24);
    }
    return 0;
  }

  private static Map<String, Object> described(MetricDescriptor metric) {
    var standard = metric.standard().parameters().asMap();
    var root = new LinkedHashMap<String, Object>();
    root.put("name", metric.name());
    root.put("title", metric.title());
    root.put("meaning", metric.meaning());
    root.put("source", metric.source());
    root.put("better", ParameterType.text(metric.direction()));
    root.put("takes", ParameterType.text(metric.effort()));
    root.put("needsMask", metric.needsMask());
    root.put(
        "parameters",
        metric.parameters().stream().map(parameter -> described(parameter, standard)).toList());
    return root;
  }

  private void printParameters(List<Parameter<?>> parameters, int width) {
    for (var parameter : parameters) {
      main.console()
          .print(
              "  %s %s Takes %s."
                  .formatted(
                      ("%-" + width + "s").formatted(parameter.name()),
                      parameter.sentence(),
                      parameter.type().allowed()));
    }
  }

  private static Map<String, Object> described(
      Parameter<?> parameter, Map<String, Object> standard) {
    var entry = new LinkedHashMap<String, Object>();
    entry.put("name", parameter.name());
    entry.put("sentence", parameter.sentence());
    entry.put("allowed", parameter.type().allowed());
    entry.put("default", standard.get(parameter.name()));
    return entry;
  }
}
