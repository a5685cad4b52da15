package org.pellucid.explain.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.Methods;
import org.pellucid.explain.Metrics;
import org.pellucid.explain.Settings;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.HiddenWords;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.evaluation.WordSwitches;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.MethodDescriptor.TextInput;
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.method.MethodSelection.Preset;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.method.Setting;
import org.pellucid.explain.metrics.Metric;
import org.pellucid.explain.metrics.MetricContext;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;
import org.pellucid.explain.perturbation.HideColour;
import org.pellucid.explain.perturbation.HidingMethod;
import org.pellucid.explain.segmentation.Words;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.models.bert.TextScores;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.text.BertLanguageModel;
import org.pellucid.models.text.LanguageModel;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.TextModels;
import org.pellucid.models.zoo.WeightsOrigin;

/**
 * Tells what the words of a text add to a number that a language model gives, by the methods of
 * {@link Methods#ofTexts()}; the model must stay open meanwhile. Safe to use from several threads.
 */
public final class TextAttributions {
  private static final String INTEGRATED = "integrated-gradients";
  private static final String RELEVANCE = "attn-lrp";
  private static final List<String> USUAL =
      List.of(INTEGRATED, RELEVANCE, "input-x-gradient", "occlusion");

  private final Engine engine;
  private final AskedScore.Finder finder;
  private final Optional<WeightsOrigin> weights;

  private TextAttributions(Engine engine, LanguageModel model, Optional<WeightsOrigin> weights) {
    this.engine = engine;
    this.finder = new AskedScore.Finder(engine, model);
    this.weights = weights;
  }

  /** Attributions of a language model of any family. */
  public TextAttributions(Engine engine, LanguageModel model) {
    this(engine, model, Optional.empty());
  }

  /** Attributions of a model of any family whose results tell which weights they are from. */
  public TextAttributions(Engine engine, TextModels.Loaded loaded) {
    this(engine, loaded.model(), Optional.of(loaded.origin()));
  }

  /** Attributions of a model with the tokenizer that it was trained with. */
  public TextAttributions(Engine engine, BertModel model, WordPieceTokenizer tokenizer) {
    this(engine, new BertLanguageModel(model, tokenizer));
  }

  /** Attributions of a model whose results tell which weights they are from. */
  public TextAttributions(Engine engine, BertModels.Loaded loaded) {
    this(engine, TextModels.Loaded.of(loaded));
  }

  /**
   * Answers a question.
   *
   * @throws IllegalArgumentException if the model has no head for it, a word, place or answer is
   *     not to be found, or a method, metric or setting doesn't exist or apply; one sentence says
   *     which
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public TextAttribution of(AttributionRequest request, Progress progress) {
    check(request);
    var settings = Settings.of(request.settings());
    var asked = finder.of(request.question());
    var names = request.methods().isEmpty() ? usual(asked) : request.methods();
    var run = new Run(asked, settings, request, progress);
    var methods = selection(names, settings).create(asked.scores());
    methods.forEach(method -> method.checkModel(run.evaluator));
    var results = methods.stream().map(run::result).toList();
    return new TextAttribution(
        asked.scores().tokens(),
        asked.target().text(),
        asked.title(),
        run.evaluator.score(asked.target(), run.embeddings),
        asked.marked(),
        run.words.all().stream()
            .map(
                word ->
                    new TextAttribution.WordTokens(
                        word.text(), word.before(), word.tokens(), word.source()))
            .toList(),
        results,
        request.layers() ? Optional.of(run.layers()) : Optional.empty(),
        weights);
  }

  /**
   * Checks the names of methods and metrics and the settings, which depend on no model.
   *
   * @throws IllegalArgumentException naming what is wrong and what is allowed
   */
  public static void check(AttributionRequest request) {
    var settings = Settings.of(request.settings());
    checkMethods(request.methods());
    checkMetrics(request, settings);
    selection(request.methods(), settings);
  }

  /**
   * The usual methods that explain a target. A contrast begins with the one that needs no baseline:
   * what two words' scores differ by in a text without words is no part of the question.
   */
  private static List<String> usual(AskedScore asked) {
    return switch (asked.target()) {
      case Target.Probability _ -> USUAL.stream().filter(name -> !name.equals(RELEVANCE)).toList();
      case Target.Difference _ ->
          USUAL.stream().sorted(Comparator.comparing(name -> !name.equals(RELEVANCE))).toList();
      default -> USUAL;
    };
  }

  private static void checkMethods(List<String> names) {
    var known = Methods.ofTexts().stream().map(MethodDescriptor::name).toList();
    for (var name : names) {
      Shapes.check(
          known.contains(name)
              || Methods.all().stream().noneMatch(method -> method.name().equals(name)),
          "The method %s explains images only; the methods for texts are %s",
          name,
          String.join(", ", known));
    }
  }

  private static MethodSelection selection(List<String> names, Settings settings) {
    return MethodSelection.of(Methods.ofTexts(), names, settings.methods(), Preset.TEXTS, 1);
  }

  private static void checkMetrics(AttributionRequest request, Settings settings) {
    settings.metrics().forEach((name, texts) -> Metrics.find(name).with(texts));
    for (var name : request.metrics()) {
      Shapes.check(
          !Metrics.find(name).needsMask(),
          "The metric %s compares with a mask of the object in an image; texts have none",
          name);
    }
  }

  /** One question while it is answered. */
  private final class Run {
    private final TextFunction scores;
    private final Target target;
    private final Evaluator evaluator;
    private final Values embeddings;
    private final TextWords words;
    private final Settings settings;
    private final AttributionRequest request;
    private final RunOptions options;

    Run(AskedScore asked, Settings settings, AttributionRequest request, Progress progress) {
      this.scores = asked.scores();
      this.target = asked.target();
      this.evaluator = new Evaluator(engine, scores);
      this.embeddings = AskedScore.embeddings(engine, scores);
      this.words = TextWords.of(scores.tokens());
      this.settings = settings;
      this.request = request;
      this.options = RunOptions.standard().withSeed(request.seed()).withProgress(progress);
    }

    TextAttribution.Result result(Method method) {
      return method.descriptor().texts() == TextInput.WORDS
          ? byHiding(method)
          : byEmbeddings(method);
    }

    private TextAttribution.Result byEmbeddings(Method method) {
      var found = method.explain(evaluator, embeddings, target, options);
      var tokens = OverTokens.sums(found.values());
      return result(
          method,
          found,
          tokens.toDoubles(),
          new MetricContext(new OverTokens(method), evaluator, embeddings, options),
          OverTokens.withValues(found, tokens));
    }

    private TextAttribution.Result byHiding(Method method) {
      var hiding = (HidingMethod) method;
      var single =
          hiding.parts().map(parts -> parts instanceof Words(var one) && one).orElse(false);
      var units = words.units(single);
      var switches =
          new WordSwitches(scores, embeddings, units, hidden(hiding.name(), hiding.hidden()));
      var source = new Evaluator(engine, switches);
      var found = method.explain(source, switches.allShown(), target, options);
      var byToken = new double[embeddings.size(0)];
      for (var unit = 0; unit < units.size(); unit++) {
        for (var token : units.get(unit)) {
          byToken[token] = (double) found.values().get(unit) / units.get(unit).length;
        }
      }
      var flat = OverTokens.withValues(found, Values.of(found.values().toArray(), units.size()));
      return result(
          method,
          flat,
          byToken,
          new MetricContext(method, source, switches.allShown(), options),
          found);
    }

    private static HiddenWords hidden(String method, HideColour colour) {
      return switch (colour) {
        case HideColour.OfWords(var words) -> words;
        case HideColour.Constant(var value) when value == 0 -> HiddenWords.ZERO;
        default ->
            throw new IllegalArgumentException(
                "%s can't hide words by %s, which is for images; choose mask, pad, zero or removed."
                    .formatted(method, colour.text()));
      };
    }

    /**
     * Adds the metrics' figures.
     *
     * @param again by which metrics explain again
     * @param seen by these metrics
     */
    private TextAttribution.Result result(
        Method method, Explanation found, double[] byToken, MetricContext again, Explanation seen) {
      var byWord = words.sums(byToken);
      var quality = new ArrayList<Quality>(found.quality());
      for (var name : request.metrics()) {
        var metric = metric(name);
        quality.add(
            metric.descriptor().effort() == Effort.EXPLANATIONS
                ? metric.quality(seen, again)
                : byWords(metric, method, found, byWord));
      }
      return new TextAttribution.Result(
          method.title(), method.sentence(), found, byToken, byWord, List.copyOf(quality));
    }

    /** A metric of the words alone, which are removed by {@code [MASK]} in their place. */
    private Quality byWords(Metric metric, Method method, Explanation found, double[] byWord) {
      var units = words.units(false);
      var switches = new WordSwitches(scores, embeddings, units, HiddenWords.MASK);
      var all = words.all();
      var numbers =
          IntStream.range(0, all.size())
              .filter(i -> all.get(i).canBeHidden())
              .mapToDouble(i -> byWord[i])
              .toArray();
      var shown = switches.allShown();
      var map = OverTokens.withValues(found, Values.of(numbers, 1, units.size()));
      return metric.quality(
          map, new MetricContext(method, new Evaluator(engine, switches), shown, options));
    }

    /** Removed words are switched off, whatever pixels of images would become. */
    private Metric metric(String name) {
      var descriptor = Metrics.find(name);
      var texts = new LinkedHashMap<String, String>();
      if (descriptor.parameters().stream().anyMatch(p -> p.name().equals("baseline"))) {
        texts.put("baseline", "black");
      }
      texts.putAll(settings.metrics().getOrDefault(name, Map.of()));
      return descriptor.with(texts);
    }

    /** Integrated Gradients at every hidden state, with the settings of Integrated Gradients. */
    TextAttribution.Layers layers() {
      Shapes.check(
          scores instanceof TextScores,
          "Only BERT's layers are known by name, but this model is an ONNX graph; leave out the"
              + " layers");
      var layers = ((TextScores) scores).text().model().config().layers() + 1;
      var table = new double[layers][];
      var deltas = new double[layers];
      var difference = 0.0;
      for (var layer = 0; layer < layers; layer++) {
        var found = layerMethod(layer).explain(evaluator, embeddings, target, options);
        table[layer] = OverTokens.sums(found.values()).toDoubles();
        deltas[layer] = found.quality("convergenceDelta").orElseThrow();
        difference = found.quality("scoreDifference").orElseThrow();
      }
      return new TextAttribution.Layers(table, deltas, difference);
    }

    private Method layerMethod(int layer) {
      var name = "layer-" + INTEGRATED;
      var texts = new ArrayList<String>();
      for (var text : settings.methods()) {
        var setting = Setting.of(text);
        if (setting.owner().equals(INTEGRATED)
            && List.of("steps", "rule", "baseline").contains(setting.parameter())) {
          texts.add("%s.%s=%s".formatted(name, setting.parameter(), setting.value()));
        }
      }
      texts.add("%s.layer=%s".formatted(name, BertModel.hiddenStateLayer(layer)));
      var chosen = MethodSelection.of(Methods.ofTexts(), List.of(name), texts, Preset.TEXTS, 1);
      return chosen.create(scores).getFirst();
    }
  }
}
