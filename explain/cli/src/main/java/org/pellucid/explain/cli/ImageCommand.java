package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.Methods;
import org.pellucid.explain.Metrics;
import org.pellucid.explain.Settings;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.method.MethodSelection.Preset;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.metrics.Metric;
import org.pellucid.explain.metrics.MetricDescriptor;
import org.pellucid.explain.run.ExplanationRun;
import org.pellucid.explain.run.ImageInput;
import org.pellucid.explain.run.Manifest;
import org.pellucid.explain.run.MetricImages;
import org.pellucid.explain.run.OutputFolder;
import org.pellucid.explain.run.ReportSink;
import org.pellucid.explain.run.ResultFiles;
import org.pellucid.explain.run.RunJournal;
import org.pellucid.explain.run.TargetChoice;
import org.pellucid.models.vision.Preprocessing;
import org.pellucid.models.zoo.ImageClassifier;
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
    subcommands = {EvaluateCommand.class, FiltersCommand.class})
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
    usage(input::preprocessing);
    var files = input.files();
    var remarks = new Remarks(main.console());
    try (var classifier = usage(() -> input.open(Preprocessing.standard()))) {
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
            main.console().print(row.line());
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

  /** Options of a run of explanations. */
  static final class Choice {
    @Option(
        names = "--methods",
        split = ",",
        paramLabel = "METHOD",
        completionCandidates = MethodNames.class,
        description =
            "${COMPLETION-CANDIDATES}, or all; default: lime, saliency, smoothgrad, filters,"
                + " integrated-gradients.")
    private List<String> methods;

    @Option(
        names = "--metrics",
        split = ",",
        paramLabel = "METRIC",
        completionCandidates = MetricNames.class,
        description = "${COMPLETION-CANDIDATES}; default: none.")
    private List<String> metrics;

    @Option(
        names = "--target",
        defaultValue = "predicted",
        description =
            "label, predicted, a class number, or one of probability:N, loss:N, difference:N:M,"
                + " sum:N:M, channel:LAYER:N; default: predicted.")
    private String target;

    @Option(names = "--seed", description = "Of the random numbers; default: 0.")
    private Optional<Long> seed;

    @Option(
        names = "--batch",
        paramLabel = "N",
        description = "Images at a time; default: as large as --memory allows.")
    private Optional<Integer> batch;

    @Option(
        names = "--set",
        paramLabel = "NAME.PARAM=VALUE",
        description =
            "Sets a method's or a metric's parameter; see pellucid image methods and image"
                + " metrics.")
    private List<String> settings;

    @Option(names = "--preset", description = "homework: the original notebook's definitions.")
    private Optional<String> preset;
  }

  /** A run's choices, checked before anything is read. */
  private record Checked(
      MethodSelection methods, List<Metric> metrics, TargetChoice target, RunOptions options) {}

  @Command(name = "explain", description = "Writes explanations and a report of them.")
  int explain(
      @Mixin ImageOptions input,
      @Option(
              names = "--out",
              paramLabel = "DIR",
              required = true,
              description = "The folder of the results, made if it is missing.")
          Path out,
      @Option(
              names = "--resume",
              description = "Goes on with an interrupted run of the same options in that folder.")
          boolean resume,
      @Mixin Choice choice,
      @Mixin DisplayOptions display) {
    usage(() -> check(choice, 1));
    var drawn = usage(display::report);
    usage(input::preprocessing);
    var files = input.files();
    var checked = check(choice, files.size());
    var remarks = new Remarks(main.console());
    try (var classifier = usage(() -> input.open(preprocessing(choice)))) {
      var images = ImageInput.of(files, classifier, remarks::of);
      usage(
          () -> {
            checked.target().check(images);
            return images;
          });
      remarks.notes(classifier.notes());
      var network = classifier.network();
      var evaluator = new Evaluator(main.machine().engine(), network);
      var batch =
          usage(() -> checked.options().batchSize().orElseGet(() -> evaluator.batchSize(true)));
      main.machine().estimateMemory(network, batch, true);
      var methods = usage(() -> checked.methods().create(network));
      var run =
          new ExplanationRun(
              evaluator, methods, checked.metrics(), checked.target(), checked.options());
      var about = about(input, classifier);
      try (var folder = OutputFolder.open(out);
          var journal =
              resume
                  ? RunJournal.resume(folder.directory(), about, run)
                  : RunJournal.begin(folder.directory(), about, run);
          var bar = main.console().bar("images", Console.FINE * images.size() * methods.size())) {
        var sinks =
            List.of(
                new ResultFiles(folder.directory()),
                new Manifest(folder.directory(), about),
                new ReportSink(
                    folder.directory(),
                    wording(input, classifier, images.size()),
                    methods,
                    drawn
                        .withImages(images.size())
                        .withCurves(new MetricImages(run))
                        .withRecipes(new CommandRecipes(arguments(), input.weights(), files))),
                remarks,
                new Complaints(main.console()));
        var summary = run.run(images, sinks, bar.over(methods), journal);
        main.console().print("The report is " + out.resolve("index.html"));
        return summary.failed() == 0 ? 0 : Main.FAILED;
      }
    }
  }

  /** What was typed after the program's name. */
  private List<String> arguments() {
    return spec.root().commandLine().getParseResult().originalArgs();
  }

  /** The notebook's definitions leave photographs as they are stored. */
  private static Preprocessing preprocessing(Choice choice) {
    return choice.preset.isPresent() ? Preprocessing.homework() : Preprocessing.standard();
  }

  private static Map<String, Object> about(ImageOptions input, ImageClassifier classifier) {
    var about = new LinkedHashMap<String, Object>();
    about.put("weights", input.weights());
    input.state().ifPresent(state -> about.put("state", state));
    about.put("classes", classifier.network().outputs());
    about.put("preprocessing", classifier.preprocessing().asMap());
    about.put("notes", classifier.notes());
    return about;
  }

  private static ReportSink.Wording wording(
      ImageOptions input, ImageClassifier classifier, int images) {
    return new ReportSink.Wording(
        "What the network sees",
        "%d images, weights %s".formatted(images, input.weights()),
        classifier.preprocessing().sentence()
            + " Values are unnormalised in the NPY files; legends say how they are drawn.",
        List.of(),
        classifier::className);
  }

  private static Checked check(Choice choice, int inputs) {
    Shapes.check(
        choice.preset.isEmpty() || choice.preset.get().equals("homework"),
        "--preset is %s, but must be homework",
        choice.preset.orElse(""));
    Shapes.check(
        choice.batch.orElse(1) > 0,
        "--batch is %d, but must be at least 1",
        choice.batch.orElse(1));
    var preset = choice.preset.isPresent() ? Preset.HOMEWORK : Preset.STANDARD;
    var settings = Settings.of(orNone(choice.settings));
    var methods =
        MethodSelection.of(Methods.all(), names(choice), settings.methods(), preset, inputs);
    checkSeed(choice, methods);
    return new Checked(
        methods,
        metrics(orNone(choice.metrics), settings),
        TargetChoice.parse(choice.target),
        new RunOptions(
            choice.batch.map(OptionalInt::of).orElse(OptionalInt.empty()),
            choice.seed.map(OptionalLong::of).orElse(OptionalLong.empty()),
            0,
            Progress.NONE));
  }

  private static List<Metric> metrics(List<String> names, Settings settings) {
    var metrics = Metrics.named(names, settings.metrics());
    for (var metric : metrics) {
      Shapes.check(
          !metric.descriptor().needsMask(),
          "%s needs masks; use pellucid image evaluate --masks",
          metric.name());
    }
    return metrics;
  }

  private static List<String> names(Choice choice) {
    if (choice.methods == null) {
      return Methods.usual().stream().map(MethodDescriptor::name).toList();
    }
    return choice.methods.equals(List.of("all")) ? List.of() : choice.methods;
  }

  /** Picocli leaves the list of an absent option null. */
  private static List<String> orNone(List<String> given) {
    return given == null ? List.of() : given;
  }

  private static void checkSeed(Choice choice, MethodSelection methods) {
    var seed = choice.seed.orElse(0L);
    Shapes.check(
        seed == seed.intValue()
            || methods.values().keySet().stream().noneMatch(m -> m.name().equals("lime")),
        "--seed is %d, but lime takes a number from %d to %d",
        seed,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE);
  }

  /** A caller's mistake in options is wrong usage. */
  private <T> T usage(Supplier<T> work) {
    try {
      return work.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
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
      for (var parameter : method.parameters()) {
        main.console()
            .print(
                "  %-20s %s Takes %s."
                    .formatted(parameter.name(), parameter.sentence(), parameter.type().allowed()));
      }
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
                  var entry = new LinkedHashMap<String, Object>();
                  entry.put("name", parameter.name());
                  entry.put("sentence", parameter.sentence());
                  entry.put("allowed", parameter.type().allowed());
                  entry.put("default", standard.get(parameter.name()));
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
      for (var parameter : metric.parameters()) {
        main.console()
            .print(
                "  %-24s %s Takes %s."
                    .formatted(parameter.name(), parameter.sentence(), parameter.type().allowed()));
      }
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
        metric.parameters().stream()
            .map(
                parameter -> {
                  var entry = new LinkedHashMap<String, Object>();
                  entry.put("name", parameter.name());
                  entry.put("sentence", parameter.sentence());
                  entry.put("allowed", parameter.type().allowed());
                  entry.put("default", standard.get(parameter.name()));
                  return entry;
                })
            .toList());
    return root;
  }
}
