package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.Methods;
import org.pellucid.explain.Metrics;
import org.pellucid.explain.Settings;
import org.pellucid.explain.comparison.Comparison;
import org.pellucid.explain.comparison.ComparisonFiles;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.method.MethodSelection.Preset;
import org.pellucid.explain.metrics.Metric;
import org.pellucid.explain.metrics.MetricDescriptor;
import org.pellucid.explain.run.ImageInput;
import org.pellucid.explain.run.MaskFiles;
import org.pellucid.explain.run.OutputFolder;
import org.pellucid.explain.run.TargetChoice;
import org.pellucid.models.vision.Preprocessing;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.models.zoo.SampleImages;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Compares methods by metrics over images; without images over the built-in ones. */
@Command(
    name = "evaluate",
    description = "Compares methods by metrics over images, and says how sure the comparison is.",
    modelTransformer = EvaluateCommand.WithoutImages.class)
final class EvaluateCommand implements Callable<Integer> {
  private static final String ALL = "all";

  @ParentCommand private ImageCommand image;
  @Mixin private ImageOptions input;
  @Mixin private RunChoice choice;

  @Option(
      names = "--masks",
      paramLabel = "DIR",
      description =
          "A folder with a mask for each image, of its name, not black where the object is;"
              + " default: files NAME.mask.png beside the images.")
  private Optional<Path> masks;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The folder of the results, made if it is missing.")
  private Path out;

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "METHOD",
      completionCandidates = ImageCommand.MethodNames.class,
      description =
          "${COMPLETION-CANDIDATES}, or all; default: those of image explain that attribute.")
  private List<String> methods;

  @Option(
      names = "--metrics",
      split = ",",
      paramLabel = "METRIC",
      completionCandidates = ImageCommand.MetricNames.class,
      description =
          "${COMPLETION-CANDIDATES}, or all; default: insertion, deletion, road,"
              + " faithfulness-correlation, sparseness, and with masks pointing-game,"
              + " relevance-mass-accuracy, relevance-rank-accuracy.")
  private List<String> metrics;

  @Option(
      names = "--target",
      defaultValue = "predicted",
      description = "As of image explain; default: predicted.")
  private String target;

  @Option(
      names = "--set",
      paramLabel = "NAME.PARAM=VALUE",
      description =
          "Sets a method's or a metric's parameter; see pellucid image methods and image metrics.")
  private List<String> settings;

  /** Neither weights nor images are required here. */
  static final class WithoutImages implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec spec) {
      for (var name : List.of("--weights", "--images")) {
        var option = spec.findOption(name);
        spec.remove(option);
        var optional = option.toBuilder().required(false);
        spec.addOption(
            name.equals("--weights")
                ? optional
                    .defaultValue(ImageClassifier.BUILT_IN)
                    .description("A checkpoint; default: food, the built-in network.")
                    .build()
                : optional
                    .description("Images, or directories of images; default: the built-in ones.")
                    .build());
      }
      return spec;
    }
  }

  @Override
  public Integer call() {
    input.usage(() -> methodSelection(1));
    input.usage(() -> chosenMetrics(true));
    input.usage(choice::options);
    input.usage(input::preprocessing);
    var console = image.console();
    var remarks = new Remarks(console);
    try (var classifier = input.usage(() -> input.open(Preprocessing.standard()))) {
      var images = input.usage(() -> images(classifier, remarks));
      remarks.notes(classifier.notes());
      var comparison = input.usage(() -> comparison(classifier, images));
      try (var folder = OutputFolder.open(out);
          var bar =
              console.bar("images", Console.FINE * images.size() * comparison.methods().size())) {
        var result =
            comparison.run(
                images, bar.over(comparison.methods()), failure -> console.complain(text(failure)));
        ComparisonFiles.write(
            result, about(classifier), subtitle(images.size()), folder.directory());
        console.print("The comparison is " + out.resolve("index.html"));
        return result.failed().isEmpty() ? 0 : Main.FAILED;
      }
    }
  }

  private static String text(Comparison.Failure failure) {
    return failure.what().isEmpty()
        ? failure.input() + ": " + failure.reason()
        : "%s, %s: %s".formatted(failure.input(), failure.what(), failure.reason());
  }

  private List<ImageInput> images(ImageClassifier classifier, Remarks remarks) {
    if (!input.hasImages()) {
      return SampleImages.names().stream()
          .map(name -> ImageInput.of(SampleImages.open(name), classifier))
          .toList();
    }
    var files = input.files();
    var images = ImageInput.of(files, classifier, remarks::of);
    var found = masks.map(MaskFiles::in).orElseGet(() -> MaskFiles.beside());
    var masked = new ArrayList<ImageInput>();
    for (var i = 0; i < files.size(); i++) {
      var plain = images.get(i);
      masked.add(
          found.of(files.get(i)).map(file -> plain.withMask(file, classifier)).orElse(plain));
    }
    return masked;
  }

  /** Masks are there if the user says so, or if at least one image has one. */
  private boolean hasMasks() {
    return !input.hasImages()
        || masks.isPresent()
        || input.files().stream().anyMatch(file -> MaskFiles.beside().of(file).isPresent());
  }

  private Comparison comparison(ImageClassifier classifier, List<ImageInput> images) {
    var explained = TargetChoice.parse(target);
    explained.check(images);
    var network = classifier.network();
    var evaluator = new Evaluator(image.machine().engine(), network);
    var options = choice.options();
    image
        .machine()
        .estimateMemory(
            network, options.batchSize().orElseGet(() -> evaluator.batchSize(true)), true);
    var created = methodSelection(images.size()).create(network);
    var compared = isChosen() ? created : created.stream().filter(Comparison::attributes).toList();
    compared.forEach(method -> method.checkModel(evaluator));
    return new Comparison(evaluator, compared, chosenMetrics(hasMasks()), explained, options);
  }

  private boolean isChosen() {
    return methods != null && !methods.equals(List.of(ALL));
  }

  private MethodSelection methodSelection(int inputs) {
    var names =
        methods == null
            ? Methods.usual().stream().map(MethodDescriptor::name).toList()
            : isChosen() ? methods : List.<String>of();
    return MethodSelection.of(Methods.all(), names, settings().methods(), Preset.STANDARD, inputs);
  }

  private Settings settings() {
    return Settings.of(settings == null ? List.of() : settings);
  }

  private List<Metric> chosenMetrics(boolean withMasks) {
    var named = metrics != null && !metrics.equals(List.of(ALL));
    var available = metrics == null ? Metrics.usual() : Metrics.all();
    var names =
        named
            ? metrics
            : available.stream()
                .filter(metric -> withMasks || !metric.needsMask())
                .map(MetricDescriptor::name)
                .toList();
    var chosen = Metrics.named(names, settings().metrics());
    for (var metric : chosen) {
      Shapes.check(
          withMasks || !metric.descriptor().needsMask(),
          "%s needs masks; give a folder of them by --masks",
          metric.name());
    }
    return chosen;
  }

  private Map<String, Object> about(ImageClassifier classifier) {
    var about = new LinkedHashMap<String, Object>();
    about.put("weights", input.weights());
    input.state().ifPresent(state -> about.put("state", state));
    about.put("target", target);
    about.put("classes", classifier.network().outputs());
    about.put("preprocessing", classifier.preprocessing().asMap());
    return about;
  }

  private String subtitle(int images) {
    return "%d %simages, weights %s, target %s"
        .formatted(images, input.hasImages() ? "" : "built-in ", input.weights(), target);
  }
}
