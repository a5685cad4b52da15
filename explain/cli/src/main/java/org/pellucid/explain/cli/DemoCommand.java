package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.explain.view.AttentionPage;
import org.pellucid.explain.view.DistancePage;
import org.pellucid.explain.view.EmbeddingPage;
import org.pellucid.explain.view.Pages;
import org.pellucid.explain.view.ReportPage;
import org.pellucid.explain.view.ReportPage.Card;
import org.pellucid.explain.view.ReportPage.ImageEntry;
import org.pellucid.explain.view.ReportWriter;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.FoodNetworks;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.models.zoo.SampleImages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Everything on the built-in examples: five approaches to images and three to texts. */
@Command(name = "demo", description = "Explains the built-in examples and writes a report.")
final class DemoCommand implements Callable<Integer> {
  /** The homework's definitions with fewer samples, so that the demo takes minutes. */
  private static final List<String> SHORTENED =
      List.of("lime.samples=300", "smoothgrad.samples=32", "filters.iterations=30");

  private static final int DISTANCE_LAYER = 12;

  @ParentCommand private Main main;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "report",
      description = "Where the report goes; report without.")
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var start = System.nanoTime();
    var console = main.console();
    var subjects = new ArrayList<ImageInput>();
    ReportPage page;
    List<ImageEntry> images;
    try (var model = FoodNetworks.open(FoodNetworks.BUILT_IN, Optional.empty())) {
      for (var name : SampleImages.names()) {
        subjects.add(ImageInput.of(SampleImages.open(name), model));
      }
      var settings = new MethodSettings(true, SHORTENED);
      var run =
          new ImageRun(
              main.machine(),
              model,
              settings,
              out,
              Optional.empty(),
              0,
              ImageRun.Target.parse("label"));
      run.explain(subjects, MethodSettings.METHODS, console);
      run.writeManifest(Map.of("weights", FoodNetworks.BUILT_IN, "classes", model.outputs()));
      page = new ReportPage("Pellucid: what the networks see", run.rows());
      images = run.entries(subjects);
    }
    var cards = texts(console);
    var seconds = (System.nanoTime() - start) / 1e9;
    try (var report = new ReportWriter(out.resolve("index.html"), page)) {
      images.forEach(report::add);
      report.finish(
          "Eight approaches on built-in examples: a food classifier on %d ray-traced images, "
                  .formatted(subjects.size())
              + "BERT on the homework's texts · %.0f seconds on this machine".formatted(seconds),
          cards,
          "Definitions follow the homework's notebook, with fewer samples: LIME 300 instead of"
              + " 1000, SmoothGrad 32 instead of 500, filters 30 steps instead of 100. The NPY"
              + " files hold unnormalised values; images are stretched for display. The adapter"
              + " for questions was trained on SQuAD, XQuAD and QED.");
    }
    console.print("The report is " + out.resolve("index.html").toAbsolutePath());
    return 0;
  }

  private List<Card> texts(Console console) throws IOException, InterruptedException {
    var cased = KnownModel.BERT_BASE_CASED.modelName();
    try (var bar = console.bar("texts", 6)) {
      try (var loaded = BertModels.open(cased, console::status)) {
        attention(loaded);
        bar.from(0).update(2, 6);
        distances(loaded);
        bar.from(0).update(3, 6);
      }
      try (var loaded = BertModels.openForQuestions(cased, console::status)) {
        embeddings(loaded);
        bar.from(0).update(6, 6);
      }
    }
    return List.of(
        new Card(
            "Attention",
            "All layers and heads of bert-base-cased on the police officer's sentence, with words "
                + "masked and predicted.",
            "attention/index.html"),
        new Card(
            "Embeddings",
            "A question and its context, layer by layer, in the plane of two principal components.",
            "embeddings/index.html"),
        new Card(
            "Embedding comparison",
            "One word's vectors in ten sentences, by Euclidean distance and cosine.",
            "distances/index.html"));
  }

  private void attention(BertModels.Loaded loaded) {
    var tokens = loaded.tokenizer().encode(DemoTexts.SENTENCE);
    var she = tokens.firstTokenOf("she").orElseThrow();
    var officer = tokens.firstTokenOf("officer").orElseThrow();
    var explanations = explanations(loaded);
    var masked = explanations.attention(tokens, she);
    masked.save(out.resolve("attention"));
    var variants =
        List.of(
            AttentionPage.Variant.of("original", explanations.attention(tokens)),
            AttentionPage.Variant.of("she masked", masked),
            AttentionPage.Variant.of(
                "officer and she masked", explanations.attention(tokens, officer, she)));
    Pages.write(
        new AttentionPage("Attention", loaded.name(), variants),
        out.resolve("attention/index.html"));
  }

  private void embeddings(BertModels.Loaded loaded) {
    var explanations = explanations(loaded);
    var tabs = new ArrayList<EmbeddingPage.Tab>();
    for (var i = 0; i < DemoTexts.QUESTIONS.size(); i++) {
      var question = DemoTexts.QUESTIONS.get(i);
      var found =
          explanations.embedding(
              question.question(), question.context(), Optional.of(question.answer()));
      found.save(out.resolve("embeddings/question" + (i + 1)));
      tabs.add(EmbeddingPage.Tab.of("Question " + (i + 1), found));
    }
    Pages.write(
        new EmbeddingPage("Embeddings, layer by layer", loaded.name(), tabs),
        out.resolve("embeddings/index.html"));
  }

  private void distances(BertModels.Loaded loaded) {
    var found = explanations(loaded).distances(DemoTexts.WORD, DemoTexts.SENTENCES);
    found.save(out.resolve("distances"), DISTANCE_LAYER, Metric.COSINE);
    Pages.write(
        DistancePage.of(
            "Word embeddings compared", loaded.name(), found, DISTANCE_LAYER, Metric.COSINE),
        out.resolve("distances/index.html"));
  }

  private TextExplanations explanations(BertModels.Loaded loaded) {
    return new TextExplanations(main.machine().engine(), loaded.model(), loaded.tokenizer());
  }
}
