package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.explain.Methods;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.features.FeatureVisualisation;
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.method.MethodSelection.Preset;
import org.pellucid.explain.run.ExplanationRun;
import org.pellucid.explain.run.FilterAtlas;
import org.pellucid.explain.run.ImageInput;
import org.pellucid.explain.run.Manifest;
import org.pellucid.explain.run.OutputFolder;
import org.pellucid.explain.run.ReportOptions;
import org.pellucid.explain.run.ReportSink;
import org.pellucid.explain.run.ResultFiles;
import org.pellucid.explain.run.TargetChoice;
import org.pellucid.explain.text.AttentionStudy;
import org.pellucid.explain.text.TextEmbedding;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.explain.text.WordComparison;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.explain.view.AttentionPage;
import org.pellucid.explain.view.DistancePage;
import org.pellucid.explain.view.EmbeddingPage;
import org.pellucid.explain.view.Pages;
import org.pellucid.explain.view.ReportPage.Card;
import org.pellucid.models.zoo.BertArtifacts;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.models.zoo.SampleImages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Everything on the built-in examples: six approaches to images and three to texts. */
@Command(name = "demo", description = "Explains the built-in examples and writes a report.")
final class DemoCommand implements Callable<Integer> {
  /** The homework's definitions with fewer samples, so that the demo takes two minutes. */
  private static final List<String> SHORTENED =
      List.of(
          "lime.samples=120",
          "lime.segments=60",
          "smoothgrad.samples=16",
          "smoothgrad.sigma=0.1",
          "filters.iterations=12");

  private static final List<String> IMAGES = List.of("0_0", "2_3", "3_5", "6_7", "9_9", "10_12");

  private static final List<String> ATLAS_LAYERS = List.of("cnn.6", "cnn.15", "cnn.23");
  private static final List<Integer> ATLAS_FILTERS = List.of(0, 1, 2, 3);
  private static final int ATLAS_STEPS = 24;

  private static final List<Card> CARDS =
      List.of(
          new Card(
              "What the filters respond to",
              "Filters of three layers, each as an image made from nothing that it responds to.",
              "filters/index.html"),
          new Card(
              "Attention",
              "All layers and heads of bert-base-cased on the police officer's sentence, with words"
                  + " masked and predicted.",
              "attention/index.html"),
          new Card(
              "Embeddings",
              "Questions and their contexts, layer by layer: in the plane, with each word's"
                  + " neighbours and the steps to the answer.",
              "embeddings/index.html"),
          new Card(
              "Embedding comparison",
              "One word in ten sentences: how the layers tell its two meanings apart.",
              "distances/index.html"));

  /** Here the pairs of one meaning and those of two are farthest apart. */
  private static final int DISTANCE_LAYER = 7;

  @ParentCommand private Main main;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "report",
      description = "The folder of the report; default: report.")
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var console = main.console();
    announce(console);
    try (var folder = OutputFolder.open(out);
        var classifier = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty())) {
      var evaluator = new Evaluator(main.machine().engine(), classifier.network());
      texts(console);
      atlas(console, evaluator);
      images(console, evaluator, classifier, folder.directory());
    }
    console.print("The report is " + out.resolve("index.html").toAbsolutePath());
    return 0;
  }

  /** Last, since the report shows itself while it grows, with links to all other pages. */
  private void images(
      Console console, Evaluator evaluator, ImageClassifier classifier, Path directory) {
    var images =
        IMAGES.stream().map(name -> ImageInput.of(SampleImages.open(name), classifier)).toList();
    var methods =
        MethodSelection.of(Methods.usual(), List.of(), SHORTENED, Preset.HOMEWORK, images.size())
            .create(evaluator.model());
    var run =
        new ExplanationRun(
            evaluator, methods, List.of(), TargetChoice.parse("label"), RunOptions.standard());
    var page =
        new ReportSink(
            directory,
            wording(images.size(), classifier),
            methods,
            ReportOptions.standard().withImages(images.size()));
    var about =
        Map.<String, Object>of(
            "weights", ImageClassifier.BUILT_IN, "classes", evaluator.model().outputs());
    console.announce("The report grows from now on: " + out.resolve("index.html"));
    try (var bar = console.bar("images", Console.FINE * images.size() * methods.size())) {
      run.run(
          images,
          List.of(
              new ResultFiles(directory),
              new Manifest(directory, about),
              page,
              new Complaints(console)),
          bar.over(methods));
    }
  }

  private void atlas(Console console, Evaluator evaluator) {
    var shape = evaluator.model().inputShape();
    var settings =
        FeatureVisualisation.standard(shape[shape.length - 1]).withIterations(ATLAS_STEPS);
    var folder = out.resolve("filters");
    var atlas = new FilterAtlas(evaluator, settings, RunOptions.standard(), folder);
    var layer = (long) ATLAS_FILTERS.size() * ATLAS_STEPS;
    try (var bar = console.bar("filters", layer * ATLAS_LAYERS.size())) {
      for (var i = 0; i < ATLAS_LAYERS.size(); i++) {
        var before = i * layer;
        atlas.add(
            ATLAS_LAYERS.get(i), ATLAS_FILTERS, List.of(), (_, done, _) -> bar.to(before + done));
      }
    }
    atlas.finish(
        new FilterAtlas.Wording("What the filters respond to", "The built-in food classifier"));
  }

  private void announce(Console console) throws IOException {
    var model = KnownModel.BERT_BASE_CASED;
    var fetched =
        new BertArtifacts(console::status).isLocal(model)
            ? "nothing is fetched"
            : "%s is fetched once (%d MB)".formatted(model.modelName(), model.megabytes());
    console.announce(
        "Explaining three texts and %d images by five methods takes two to four minutes; %s; the report will be %s."
            .formatted(IMAGES.size(), fetched, out.resolve("index.html").toAbsolutePath()));
  }

  private static ReportSink.Wording wording(int images, ImageClassifier classifier) {
    return new ReportSink.Wording(
        "Pellucid: what the networks see",
        "Nine approaches on built-in examples: a food classifier on %d ray-traced images, BERT on"
                .formatted(images)
            + " the homework's texts",
        "Definitions follow the homework's notebook, with fewer samples: LIME 120 of larger"
            + " superpixels instead of 1000, SmoothGrad 16 with less noise instead of 500, filters"
            + " 12 steps instead of 100. The NPY files hold unnormalised values; legends say how"
            + " they are drawn. The adapter for questions was trained on SQuAD, XQuAD and QED.",
        CARDS,
        classifier::className);
  }

  private void texts(Console console) throws IOException, InterruptedException {
    var cased = KnownModel.BERT_BASE_CASED.modelName();
    try (var bar = console.bar("texts", 6)) {
      try (var loaded = BertModels.open(cased, console::status)) {
        attention(loaded);
        bar.to(2);
        distances(loaded);
        bar.to(3);
      }
      try (var loaded =
          BertModels.open(KnownModel.BERT_BASE_CASED.modelName() + "-qa", console::status)) {
        embeddings(loaded);
        bar.to(6);
      }
    }
  }

  private void attention(BertModels.Loaded loaded) {
    var tokens = loaded.tokenizer().encode(DemoTexts.SENTENCE);
    var she = tokens.firstTokenOf("she").orElseThrow();
    var officer = tokens.firstTokenOf("officer").orElseThrow();
    var explanations = explanations(loaded);
    var scope = AttentionStudy.Scope.standard();
    var studies =
        List.of(
            explanations.study(tokens, scope),
            explanations.study(tokens, scope, she),
            explanations.study(tokens, scope, officer, she));
    studies.get(1).attention().save(out.resolve("attention"));
    Pages.write(
        AttentionPage.of(loaded.name(), tokens, studies), out.resolve("attention/index.html"));
  }

  private void embeddings(BertModels.Loaded loaded) {
    var explanations = explanations(loaded);
    var all = new ArrayList<TextEmbedding>();
    for (var i = 0; i < DemoTexts.QUESTIONS.size(); i++) {
      var question = DemoTexts.QUESTIONS.get(i);
      var found =
          explanations.embedding(
              question.question(), question.context(), Optional.of(question.answer()));
      found.save(out.resolve("embeddings/question" + (i + 1)));
      all.add(found);
    }
    Pages.write(EmbeddingPage.of(loaded.name(), all), out.resolve("embeddings/index.html"));
  }

  private void distances(BertModels.Loaded loaded) {
    var distances = explanations(loaded).distances(DemoTexts.WORD, DemoTexts.SENTENCES);
    var found = WordComparison.of(distances, Optional.of(DemoTexts.MEANINGS), DISTANCE_LAYER);
    found.save(out.resolve("distances"), Metric.COSINE);
    Pages.write(
        DistancePage.of(loaded.name(), found, Metric.COSINE), out.resolve("distances/index.html"));
  }

  private TextExplanations explanations(BertModels.Loaded loaded) {
    return new TextExplanations(main.machine().engine(), loaded);
  }
}
