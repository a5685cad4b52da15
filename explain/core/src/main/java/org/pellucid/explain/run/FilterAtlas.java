package org.pellucid.explain.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.FeatureObjective;
import org.pellucid.explain.features.FeatureVisualisation;
import org.pellucid.explain.features.FeatureVisualisation.Visualised;
import org.pellucid.explain.features.LayerFiles;
import org.pellucid.explain.features.StrongestInputs;
import org.pellucid.explain.view.AtlasPage;
import org.pellucid.explain.view.AtlasPage.Entry;
import org.pellucid.explain.view.AtlasPage.Strong;
import org.pellucid.explain.view.Drawing;
import org.pellucid.explain.view.Pages;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.UnusableFileException;
import org.pellucid.weights.numpy.Npy;

/**
 * Visualises many filters of some layers, and writes them as {@code DIR/LAYER/FILTER.png} and
 * {@code .npy}, as {@code DIR/atlas.json} and as the page {@code DIR/index.html}. With inputs it
 * also finds those that make each filter largest.
 */
public final class FilterAtlas {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int STRONGEST = 4;

  private final Evaluator evaluator;
  private final FeatureVisualisation settings;
  private final RunOptions options;
  private final Path directory;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> images = new TreeMap<>();

  /**
   * What the page says.
   *
   * @param title of the page
   * @param subtitle below it, for example which weights
   */
  public record Wording(String title, String subtitle) {}

  /** Receives the layer and how many of its steps are done. */
  @FunctionalInterface
  public interface Listener {
    void update(String layer, long done, long total);
  }

  /** Begins an atlas in a folder, which is made if it is missing. */
  public FilterAtlas(
      Evaluator evaluator, FeatureVisualisation settings, RunOptions options, Path directory) {
    this.evaluator = evaluator;
    this.settings = settings;
    this.options = options;
    this.directory = directory;
  }

  /**
   * The number of filters or features of a layer.
   *
   * @throws IllegalArgumentException if the model has no such layer
   */
  public static int filters(Evaluator evaluator, String layer) {
    var zero = new float[evaluator.inputSize()];
    return evaluator.layerOutput(layer, Values.of(zero, evaluator.model().inputShape())).size(0);
  }

  /**
   * Visualises filters of a layer and writes them.
   *
   * @param inputs among which the strongest are looked for; may be empty
   * @return the names of inputs that can't be read, with the reason
   * @throws IllegalArgumentException if the layer lacks a filter
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   * @throws UncheckedIOException if a file can't be written
   */
  public Map<String, String> add(
      String layer,
      Collection<Integer> filters,
      List<? extends InputSource> inputs,
      Listener listener) {
    var strongest = new StrongestInputs(evaluator, layer, STRONGEST);
    var failed = new TreeMap<String, String>();
    for (var input : inputs) {
      options.progress().step(0, 1);
      try {
        strongest.offer(input.name(), input.read());
      } catch (UnusableFileException | IllegalArgumentException e) {
        failed.put(input.name(), e.getMessage());
      }
    }
    var objectives = filters.stream().<FeatureObjective>map(FeatureObjective.Channel::new).toList();
    var numbers = List.copyOf(filters);
    var own = options.withProgress((done, total) -> listener.update(layer, done, total));
    var made = settings.of(evaluator, layer, objectives, own);
    for (var i = 0; i < made.size(); i++) {
      write(layer, numbers.get(i), made.get(i), strongest.of(numbers.get(i)));
    }
    inputs.stream().filter(input -> images.containsKey(input.name())).forEach(input -> draw(input));
    return failed;
  }

  private void draw(InputSource input) {
    var file = directory.resolve(images.get(input.name()));
    if (!Files.exists(file)) {
      Drawing.of(input.read()).write(file);
    }
  }

  private void write(
      String layer, int filter, Visualised made, List<StrongestInputs.Found> strongest) {
    var stem = LayerFiles.name(layer) + "/" + filter;
    Drawing.of(made.image()).write(directory.resolve(stem + ".png"));
    Npy.write(directory.resolve(stem + ".npy"), made.image().toArray(), made.image().shape());
    var strong =
        strongest.stream()
            .map(
                found -> {
                  var file =
                      images.computeIfAbsent(found.input(), name -> "images/" + name + ".png");
                  return new Strong(
                      found.input(),
                      ReportSink.link(file),
                      found.value(),
                      found.down(),
                      found.right());
                })
            .toList();
    entries.add(
        new Entry(
            layer,
            filter,
            ReportSink.link(stem + ".png"),
            ReportSink.link(stem + ".npy"),
            made.before(),
            made.after(),
            strong));
  }

  /**
   * Writes {@code atlas.json} and the page.
   *
   * @throws UncheckedIOException if a file can't be written
   */
  public void finish(Wording wording) {
    var made = new LinkedHashMap<String, String>();
    made.put("iterations", Integer.toString(settings.iterations()));
    made.put("learning rate", Double.toString(settings.learningRate()));
    made.put("diversity", Double.toString(settings.diversity()));
    made.put("seed", Long.toString(options.seed()));
    var page = new AtlasPage(wording.title(), wording.subtitle(), made, entries);
    var file = directory.resolve("atlas.json");
    try {
      var bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(page);
      AtomicFile.write(file, temporary -> Files.write(temporary, bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The file %s can't be written; choose another place.".formatted(file), e);
    }
    Pages.write(page, directory.resolve(ReportSink.FILE_NAME));
  }

  /**
   * Filters of a text such as {@code 0-15,20} or {@code all}.
   *
   * @param available the number of filters
   * @throws IllegalArgumentException if it has another form or names one that doesn't exist
   */
  public static Set<Integer> parse(String text, int available) {
    var filters = new LinkedHashSet<Integer>();
    if (text.equals("all")) {
      IntStream.range(0, available).forEach(filters::add);
      return filters;
    }
    for (var part : text.split(",", -1)) {
      Shapes.check(
          part.matches("\\d{1,7}(-\\d{1,7})?"),
          "The filters are %s, but must be all, or numbers and ranges such as 0-15,20",
          text);
      var ends = part.split("-");
      var first = Integer.parseInt(ends[0]);
      var last = Integer.parseInt(ends[ends.length - 1]);
      Shapes.check(first <= last, "The filters %s are a range that ends before it begins", part);
      Shapes.check(
          last < available, "The layer has the filters 0..%d, not %d", available - 1, last);
      IntStream.rangeClosed(first, last).forEach(filters::add);
    }
    return filters;
  }
}
