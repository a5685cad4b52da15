package org.pellucid.explain.cli;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.Explanation;
import org.pellucid.explain.Progress;
import org.pellucid.explain.attribution.Attribution;
import org.pellucid.explain.attribution.InputGradients;
import org.pellucid.explain.features.FilterResponse;
import org.pellucid.explain.perturbation.Lime;
import org.pellucid.explain.perturbation.LimeImage;
import org.pellucid.explain.perturbation.MersenneTwister;
import org.pellucid.explain.view.ColourMap;
import org.pellucid.explain.view.Images;
import org.pellucid.explain.view.Normalisation;
import org.pellucid.explain.view.Pages;
import org.pellucid.explain.view.ReportPage;
import org.pellucid.explain.view.ReportPage.Figure;
import org.pellucid.explain.view.ReportPage.ImageEntry;
import org.pellucid.explain.view.ReportPage.Row;
import org.pellucid.models.Model;
import org.pellucid.models.zoo.FoodClasses;
import org.pellucid.weights.numpy.Npy;

/**
 * Explains images by several methods and writes what it finds: for each image and method an NPY
 * file and a PNG, a manifest of all, and the rows of the report.
 */
final class ImageRun {
  /** Which class is explained. */
  enum TargetKind {
    LABEL,
    PREDICTED,
    NUMBER
  }

  /** The choice of class: {@code number} counts only for {@link TargetKind#NUMBER}. */
  record Target(TargetKind kind, int number) {
    static Target parse(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "label" -> new Target(TargetKind.LABEL, 0);
        case "predicted" -> new Target(TargetKind.PREDICTED, 0);
        default -> {
          Shapes.check(
              text.matches("\\d{1,6}"),
              "--target is %s, but must be label, predicted or a class number",
              text);
          yield new Target(TargetKind.NUMBER, Integer.parseInt(text));
        }
      };
    }
  }

  private final Model model;
  private final InputGradients gradients;
  private final MethodSettings settings;
  private final Path out;
  private final int gradientBatch;
  private final int forwardBatch;
  private final long seed;
  private final Target target;
  private final Map<String, double[]> logitsByName = new HashMap<>();
  private final List<Map<String, Object>> manifest = new ArrayList<>();
  private final Map<String, Map<String, Figure>> figures = new HashMap<>();
  private final Map<String, Map<String, String>> parameters = new LinkedHashMap<>();
  private final MersenneTwister limeGenerator;

  /**
   * A run that hasn't explained anything.
   *
   * @param batch images at a time; what the machine's memory has room for where it is empty
   */
  ImageRun(
      Machine machine,
      Model model,
      MethodSettings settings,
      Path out,
      Optional<Integer> batch,
      long seed,
      Target target) {
    this.model = model;
    this.gradients = new InputGradients(machine.engine(), model, ElementType.FLOAT32);
    this.settings = settings;
    this.out = out;
    this.gradientBatch = batch.orElseGet(() -> gradients.batchWithin(true));
    this.forwardBatch = batch.orElseGet(() -> gradients.batchWithin(false));
    machine.predict(model.memory(machine.engine().kernels()), gradientBatch, true);
    this.seed = seed;
    this.target = target;
    this.limeGenerator = new MersenneTwister(settings.lime().seed());
  }

  /** Explains all images by all methods. */
  void explain(List<ImageInput> subjects, List<String> methods, Console console) {
    for (var method : methods) {
      try (var bar = console.bar(method, 1000L * subjects.size())) {
        for (var i = 0; i < subjects.size(); i++) {
          var subject = subjects.get(i);
          var base = 1000L * i;
          bar.note(subject.name());
          explain(
              subject,
              method,
              subjects.size(),
              (done, total) -> bar.from(base).update(1000 * done / Math.max(1, total), 1000));
        }
      }
    }
  }

  private void explain(ImageInput subject, String method, int images, Progress progress) {
    var logits = Attribution.toFloats(logitsOf(subject));
    var chosen = targetOf(subject, logits);
    switch (method) {
      case "lime" -> lime(subject, chosen, logits, progress);
      case "filters" -> filters(subject, chosen, logits, progress);
      default -> {
        var attribution = settings.attribution(method, subject.values(), images);
        var run = new Attribution.Run(gradientBatch, seed, progress);
        var explanation = attribution.explain(gradients, subject.values(), chosen, run);
        save(subject, method, explanation);
        addFigure(subject, method, explanation, Images.explanation(explanation, 3));
      }
    }
  }

  private double[] logitsOf(ImageInput subject) {
    return logitsByName.computeIfAbsent(subject.name(), _ -> gradients.logits(subject.values()));
  }

  private int targetOf(ImageInput subject, float[] logits) {
    var chosen =
        switch (target.kind()) {
          case LABEL -> subject.label().orElse(Explanation.indexOfLargest(logits));
          case PREDICTED -> Explanation.indexOfLargest(logits);
          case NUMBER -> target.number();
        };
    Shapes.check(
        chosen < model.outputs(),
        "The target of %s is the class %d, but the network has %d; choose with --target",
        subject.name(),
        chosen,
        model.outputs());
    return chosen;
  }

  private void lime(ImageInput subject, int chosen, float[] logits, Progress progress) {
    var start = System.nanoTime();
    var lime = settings.lime().withLabels(List.of(chosen)).withBatchSize(forwardBatch);
    var slic = settings.slic();
    var pieces =
        slic.segment(subject.values(), (int) model.inputShape()[1], (int) model.inputShape()[2]);
    var explanation =
        settings.homework()
            ? Lime.explain(subject.values(), pieces, this::rows, lime, limeGenerator, progress)
            : Lime.explain(
                subject.values(),
                pieces,
                this::rows,
                lime.withSeed(Math.toIntExact(seed)),
                progress);
    var fitted = explanation.label(chosen);
    var described = new LinkedHashMap<String, Object>();
    described.put("samples", lime.samples());
    described.put("superpixels", "slic");
    described.put("segments", slic.segments());
    described.put("compactness", slic.compactness());
    described.put("sigma", slic.sigma());
    var quality = new LinkedHashMap<String, Double>();
    quality.put("score", fitted.score());
    quality.put("intercept", fitted.intercept());
    quality.put("localPrediction", fitted.localPrediction());
    quality.put("superpixels", (double) pieces.count());
    var result =
        new Explanation(
            "lime",
            explanation.map(chosen),
            new long[] {(int) model.inputShape()[1], (int) model.inputShape()[2]},
            chosen,
            logits,
            described,
            settings.homework() ? lime.seed() : seed,
            quality,
            (System.nanoTime() - start) / 1e9);
    save(subject, "lime", result);
    var image = LimeImage.homework(subject.values(), explanation, chosen);
    addFigure(
        subject,
        "lime",
        result,
        Images.image(image.samples(), (int) model.inputShape()[1], (int) model.inputShape()[2], 3));
  }

  private double[][] rows(float[] images, int count) {
    var flat = gradients.logits(images);
    var rows = new double[count][model.outputs()];
    for (var i = 0; i < count; i++) {
      System.arraycopy(flat, i * model.outputs(), rows[i], 0, model.outputs());
    }
    return rows;
  }

  private void filters(ImageInput subject, int chosen, float[] logits, Progress progress) {
    var layers = settings.filterLayers(model.layerNames());
    for (var i = 0; i < layers.size(); i++) {
      var layer = layers.get(i);
      var response = new FilterResponse(layer, settings.filter());
      var part = i;
      showActivation(subject, chosen, logits, response);
      showVisualisation(
          subject,
          chosen,
          logits,
          response,
          (done, total) -> progress.update(part * total + done, layers.size() * total));
    }
  }

  private void showActivation(
      ImageInput subject, int chosen, float[] logits, FilterResponse response) {
    var start = System.nanoTime();
    var map = response.activation(gradients, subject.values());
    var name = "filters-activation-" + response.layer();
    var explanation =
        new Explanation(
            name,
            map.values(),
            new long[] {map.height(), map.width()},
            chosen,
            logits,
            Map.of("layer", response.layer(), "filter", response.filter()),
            seed,
            Map.of(),
            (System.nanoTime() - start) / 1e9);
    save(subject, name, explanation);
    var scale = Math.max(1, 384 / map.width());
    addFigure(
        subject,
        name,
        explanation,
        Images.map(
            map.values(),
            map.height(),
            map.width(),
            scale,
            Normalisation.minMax(map.values()),
            ColourMap.VIRIDIS));
  }

  private void showVisualisation(
      ImageInput subject, int chosen, float[] logits, FilterResponse response, Progress progress) {
    var startTime = System.nanoTime();
    var start = subject.values();
    if (settings.filtersStartFromNoise()) {
      var random = new Random(seed);
      start = new float[start.length];
      for (var i = 0; i < start.length; i++) {
        start[i] = random.nextFloat();
      }
    }
    var iterations = settings.filterIterations();
    var rate = settings.filterLearningRate();
    var result = response.visualise(gradients, start, iterations, rate, progress);
    var described = new LinkedHashMap<String, Object>();
    described.put("layer", response.layer());
    described.put("filter", response.filter());
    described.put("iterations", iterations);
    described.put("learning-rate", rate);
    described.put("start", settings.filtersStartFromNoise() ? "noise" : "picture");
    var name = "filters-visualisation-" + response.layer();
    var explanation =
        new Explanation(
            name,
            result.image(),
            new long[] {3, (int) model.inputShape()[1], (int) model.inputShape()[2]},
            chosen,
            logits,
            described,
            seed,
            Map.of(
                "objectiveBefore", result.objectives().getFirst(),
                "objectiveAfter", result.objectives().getLast()),
            (System.nanoTime() - startTime) / 1e9);
    save(subject, name, explanation);
    addFigure(
        subject,
        name,
        explanation,
        Images.stretched(
            result.image(), (int) model.inputShape()[1], (int) model.inputShape()[2], 3));
  }

  private void save(ImageInput subject, String name, Explanation explanation) {
    var file = subject.name() + "/" + name + ".npy";
    Npy.write(out.resolve(file), explanation.values(), explanation.shape());
    var entry = new LinkedHashMap<String, Object>();
    entry.put("picture", subject.name());
    entry.put("method", explanation.method());
    entry.put("file", file);
    entry.put("shape", explanation.shape());
    entry.put("parameters", explanation.parameters());
    entry.put("seed", explanation.seed());
    entry.put("logits", explanation.logits());
    entry.put("predicted", explanation.predicted());
    entry.put("target", explanation.target());
    entry.put("quality", explanation.quality());
    entry.put("seconds", explanation.seconds());
    manifest.add(entry);
  }

  private void addFigure(
      ImageInput subject, String name, Explanation explanation, BufferedImage image) {
    var file = subject.name() + "/" + name + ".png";
    Pages.write(image, out.resolve(file));
    var range = Normalisation.minMax(explanation.values());
    var numbers = new LinkedHashMap<String, String>();
    numbers.put("class explained", FoodClasses.name(explanation.target(), model.outputs()));
    numbers.put("smallest value", MethodWords.number(range.low()));
    numbers.put("largest value", MethodWords.number(range.high()));
    explanation.quality().forEach((key, value) -> numbers.put(key, MethodWords.number(value)));
    numbers.put("seconds", MethodWords.number(explanation.seconds()));
    var caption = MethodWords.caption(explanation);
    figures
        .computeIfAbsent(subject.name(), _ -> new HashMap<>())
        .put(name, new Figure(file, caption, numbers, subject.name() + "/" + name + ".npy"));
    var shown = new LinkedHashMap<String, String>();
    explanation.parameters().forEach((key, value) -> shown.put(key, MethodWords.shortened(value)));
    parameters.putIfAbsent(name, shown);
  }

  /** Writes the manifest. */
  void writeManifest(Map<String, Object> about) {
    var root = new LinkedHashMap<>(about);
    root.put("explanations", manifest);
    Pages.writeText(out.resolve("manifest.json"), Json.pretty(root));
  }

  /** The rows of the report: the images themselves, then each method. */
  List<Row> rows() {
    var rows = new ArrayList<Row>();
    rows.add(
        new Row(
            ReportPage.IMAGE,
            "The images",
            "As the network sees them, with what it takes them for.",
            Map.of()));
    parameters.forEach(
        (name, shown) ->
            rows.add(new Row(name, MethodWords.title(name), MethodWords.explanation(name), shown)));
    return rows;
  }

  /** What the report shows of each image. */
  List<ImageEntry> entries(List<ImageInput> subjects) {
    var entries = new ArrayList<ImageEntry>();
    for (var subject : subjects) {
      var shown = new HashMap<>(figures.getOrDefault(subject.name(), Map.of()));
      shown.put(ReportPage.IMAGE, imageFigure(subject));
      entries.add(new ImageEntry(subject.name(), shown));
    }
    return entries;
  }

  private Figure imageFigure(ImageInput subject) {
    var file = subject.name() + "/image.png";
    Pages.write(
        Images.image(subject.values(), (int) model.inputShape()[1], (int) model.inputShape()[2], 3),
        out.resolve(file));
    var probabilities = Probabilities.softmax(logitsOf(subject));
    var best = Probabilities.largest(probabilities);
    var numbers = new LinkedHashMap<String, String>();
    for (var i = 0; i < probabilities.length; i++) {
      numbers.put(
          FoodClasses.name(i, model.outputs()), "%.1f %%".formatted(100 * probabilities[i]));
    }
    var label =
        subject.label().isPresent() && subject.label().getAsInt() < model.outputs()
            ? FoodClasses.name(subject.label().getAsInt(), model.outputs())
            : "no label";
    var caption =
        "%s: taken for %s, %.0f %%"
            .formatted(label, FoodClasses.name(best, model.outputs()), 100 * probabilities[best]);
    return new Figure(file, caption, numbers, "");
  }
}
