package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.Methods;
import org.pellucid.explain.Metrics;
import org.pellucid.explain.Settings;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.method.MethodSelection.Preset;
import org.pellucid.explain.metrics.Metric;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Explains images by methods and writes a report. */
@Command(name = "explain", description = "Writes explanations and a report of them.")
final class ExplainCommand implements Callable<Integer> {
  @ParentCommand private ImageCommand image;
  @Spec private CommandSpec spec;
  @Mixin private ImageOptions input;
  @Mixin private RunChoice choice;
  @Mixin private DisplayOptions display;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The folder of the results, made if it is missing.")
  private Path out;

  @Option(
      names = "--resume",
      description = "Goes on with an interrupted run of the same options in that folder.")
  private boolean resume;

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "METHOD",
      completionCandidates = ImageCommand.MethodNames.class,
      description =
          "${COMPLETION-CANDIDATES}, or all; default: lime, saliency, smoothgrad, filters,"
              + " integrated-gradients.")
  private List<String> methods;

  @Option(
      names = "--metrics",
      split = ",",
      paramLabel = "METRIC",
      completionCandidates = ImageCommand.MetricNames.class,
      description = "${COMPLETION-CANDIDATES}; default: none.")
  private List<String> metrics;

  @Option(
      names = "--target",
      defaultValue = "predicted",
      description =
          "label, predicted, a class number, or one of probability:N, loss:N, difference:N:M,"
              + " sum:N:M, channel:LAYER:N; default: predicted.")
  private String target;

  @Option(
      names = "--set",
      paramLabel = "NAME.PARAM=VALUE",
      description =
          "Sets a method's or a metric's parameter; see pellucid image methods and image"
              + " metrics.")
  private List<String> settings;

  @Option(names = "--preset", description = "homework: the original notebook's definitions.")
  private Optional<String> preset;

  /** A run's choices, checked before anything is read. */
  private record Checked(
      MethodSelection methods, List<Metric> metrics, TargetChoice target, RunOptions options) {}

  @Override
  public Integer call() {
    input.usage(() -> check(1));
    var drawn = input.usage(display::report);
    input.usage(input::preprocessing);
    var files = input.files();
    var checked = check(files.size());
    var remarks = new Remarks(image.console());
    try (var classifier = input.usage(() -> input.open(standard()))) {
      var images = ImageInput.of(files, classifier, remarks::of);
      input.usage(
          () -> {
            checked.target().check(images);
            return images;
          });
      remarks.notes(classifier.notes());
      var network = classifier.network();
      var evaluator = new Evaluator(image.machine().engine(), network);
      var batch =
          input.usage(
              () -> checked.options().batchSize().orElseGet(() -> evaluator.batchSize(true)));
      image.machine().estimateMemory(network, batch, true);
      var methods =
          input.usage(
              () -> {
                var created = checked.methods().create(network);
                created.forEach(method -> method.checkModel(evaluator));
                return created;
              });
      var run =
          new ExplanationRun(
              evaluator, methods, checked.metrics(), checked.target(), checked.options());
      var about = about(input, classifier);
      try (var folder = OutputFolder.open(out);
          var journal =
              resume
                  ? RunJournal.resume(folder.directory(), about, run)
                  : RunJournal.begin(folder.directory(), about, run);
          var bar = image.console().bar("images", Console.FINE * images.size() * methods.size())) {
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
                new Complaints(image.console()));
        var summary = run.run(images, sinks, bar.over(methods), journal);
        image.console().print("The report is " + out.resolve("index.html"));
        return summary.failed() == 0 ? 0 : Main.FAILED;
      }
    }
  }

  /** What was typed after the program's name. */
  private List<String> arguments() {
    return spec.root().commandLine().getParseResult().originalArgs();
  }

  /** The notebook's definitions leave photographs as they are stored. */
  private Preprocessing standard() {
    return preset.isPresent() ? Preprocessing.homework() : Preprocessing.standard();
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

  private Checked check(int inputs) {
    Shapes.check(
        preset.isEmpty() || preset.get().equals("homework"),
        "--preset is %s, but must be homework",
        preset.orElse(""));
    var defaults = preset.isPresent() ? Preset.HOMEWORK : Preset.STANDARD;
    var values = Settings.of(orNone(settings));
    var methods = MethodSelection.of(Methods.all(), names(), values.methods(), defaults, inputs);
    checkSeed(methods);
    return new Checked(
        methods, metrics(orNone(metrics), values), TargetChoice.parse(target), choice.options());
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

  private List<String> names() {
    if (methods == null) {
      return Methods.usual().stream().map(MethodDescriptor::name).toList();
    }
    return methods.equals(List.of("all")) ? List.of() : methods;
  }

  /** Picocli leaves the list of an absent option null. */
  private static List<String> orNone(List<String> given) {
    return given == null ? List.of() : given;
  }

  private void checkSeed(MethodSelection methods) {
    var seed = choice.seed();
    Shapes.check(
        seed == (int) seed
            || methods.values().keySet().stream().noneMatch(m -> m.name().equals("lime")),
        "--seed is %d, but lime takes a number from %d to %d",
        seed,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE);
  }
}
