package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.features.FeatureVisualisation;
import org.pellucid.explain.features.Filters;
import org.pellucid.explain.run.FilterAtlas;
import org.pellucid.explain.run.ImageInput;
import org.pellucid.explain.run.OutputFolder;
import org.pellucid.models.vision.ImageFile;
import org.pellucid.models.vision.Preprocessing;
import org.pellucid.models.zoo.ImageClassifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Writes an atlas of a network's filters. */
@Command(
    name = "filters",
    description =
        "Shows what the filters of a layer respond to, each as an image made from nothing.")
final class FiltersCommand implements Callable<Integer> {
  @ParentCommand private ImageCommand image;
  @Spec private CommandSpec spec;
  @Mixin private ImageOptions input;
  @Mixin private RunChoice choice;

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "LAYER",
      description =
          "Layers by name or by number from 0; default: cnn.6 and cnn.23 where the network has"
              + " them, else its first.")
  private List<String> layers;

  @Option(
      names = "--filters",
      paramLabel = "NUMBERS",
      defaultValue = "0-15",
      description = "Such as 0-15,20, or all; default: 0-15, as far as there are so many.")
  private String filters;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "128",
      description = "Steps of gradient ascent; default: 128.")
  private int iterations;

  @Option(
      names = "--learning-rate",
      paramLabel = "NUMBER",
      defaultValue = "0.05",
      description = "The size of a step; default: 0.05.")
  private double learningRate;

  @Option(
      names = "--diversity",
      paramLabel = "NUMBER",
      defaultValue = "0",
      description = "How much the images of a layer repel each other; default: 0.")
  private double diversity;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The folder of the results, made if it is missing.")
  private Path out;

  @Override
  public Integer call() {
    input.usage(input::preprocessing);
    input.usage(choice::options);
    var files = input.hasImages() ? input.files() : List.<ImageFile>of();
    var remarks = new Remarks(image.main().console());
    try (var classifier = input.usage(() -> input.open(Preprocessing.standard()))) {
      remarks.notes(classifier.notes());
      var images = ImageInput.of(files, classifier, remarks::of);
      var evaluator = new Evaluator(image.main().machine().engine(), classifier.network());
      var settings = input.usage(() -> settings(classifier));
      var chosen = input.usage(() -> chosen(evaluator));
      input.usage(() -> choice.options().batchSize().orElseGet(() -> evaluator.batchSize(true)));
      return write(evaluator, settings, chosen, images, classifier);
    }
  }

  private FeatureVisualisation settings(ImageClassifier classifier) {
    var shape = classifier.network().inputShape();
    return FeatureVisualisation.standard(shape[shape.length - 1])
        .withIterations(iterations)
        .withLearningRate(learningRate)
        .withDiversity(diversity);
  }

  /** The filters of each layer. A default range reaches as far as the layer does. */
  private Map<String, Set<Integer>> chosen(Evaluator evaluator) {
    var chosen = new LinkedHashMap<String, Set<Integer>>();
    var given = spec.commandLine().getParseResult().hasMatchedOption("--filters");
    for (var layer :
        Filters.layers(layers == null ? List.of() : layers, evaluator.model().layerNames())) {
      var available = FilterAtlas.filters(evaluator, layer);
      var text = given || available > 16 ? filters : "all";
      chosen.put(layer, FilterAtlas.parse(text, available));
    }
    return chosen;
  }

  private int write(
      Evaluator evaluator,
      FeatureVisualisation settings,
      Map<String, Set<Integer>> chosen,
      List<ImageInput> images,
      ImageClassifier classifier) {
    var console = image.main().console();
    var total = chosen.values().stream().mapToLong(Set::size).sum() * Math.max(1, iterations);
    var failed = new LinkedHashMap<String, String>();
    try (var folder = OutputFolder.open(out);
        var bar = console.bar("filters", total)) {
      var atlas = new FilterAtlas(evaluator, settings, choice.options(), folder.directory());
      var before = new ArrayList<Long>(List.of(0L));
      chosen.forEach(
          (layer, numbers) -> {
            failed.putAll(
                atlas.add(
                    layer,
                    numbers,
                    images,
                    (name, done, _) -> {
                      bar.note(name);
                      bar.to(before.getFirst() + done);
                    }));
            before.set(0, before.getFirst() + (long) numbers.size() * iterations);
          });
      atlas.finish(
          new FilterAtlas.Wording("What the filters respond to", "Weights " + input.weights()));
    }
    failed.forEach((name, reason) -> console.complain(name + ": " + reason));
    console.print("The atlas is " + out.resolve("index.html"));
    return failed.isEmpty() ? 0 : Main.FAILED;
  }
}
