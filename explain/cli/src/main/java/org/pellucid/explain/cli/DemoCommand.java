package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.explain.view.Pages;
import org.pellucid.explain.view.Views;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.ImageClassifier;
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
    List<Views.Row> rows;
    try (var classifier = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty())) {
      for (var name : SampleImages.names()) {
        subjects.add(ImageInput.of(SampleImages.open(name), classifier));
      }
      var settings = new MethodSettings(true, SHORTENED);
      var run =
          new ImageRun(
              main.machine(),
              classifier,
              settings,
              out,
              Optional.empty(),
              0,
              ImageRun.Target.parse("label"));
      run.explain(subjects, MethodSettings.METHODS, console);
      run.writeManifest(
          Map.of("weights", ImageClassifier.BUILT_IN, "classes", classifier.network().outputs()));
      rows = run.rows(subjects);
    }
    var cards = texts(console);
    var seconds = (System.nanoTime() - start) / 1e9;
    Pages.write(
        new Views.Report(
            "Pellucid: what the networks see",
            "Eight approaches on built-in examples: a food classifier on %d ray-traced images, "
                    .formatted(subjects.size())
                + "BERT on the homework's texts · %.0f seconds on this machine".formatted(seconds),
            subjects.stream().map(ImageInput::name).toList(),
            rows,
            cards,
            "Definitions follow the homework's notebook, with fewer samples: LIME 300 instead of"
                + " 1000, SmoothGrad 32 instead of 500, filters 30 steps instead of 100. The NPY"
                + " files hold unnormalised values; images are stretched for display. The adapter"
                + " for questions was trained on SQuAD, XQuAD and QED."),
        out.resolve("index.html"));
    console.print("The report is " + out.resolve("index.html").toAbsolutePath());
    return 0;
  }

  private List<Views.Card> texts(Console console) throws IOException, InterruptedException {
    var cased = KnownModel.BERT_BASE_CASED.modelName();
    try (var bar = console.bar("texts", 6)) {
      try (var loaded = BertModels.open(cased, console::status)) {
        var run = new TextRun(main.machine().engine(), loaded);
        attention(run);
        bar.from(0).update(2, 6);
        distances(run);
        bar.from(0).update(3, 6);
      }
      try (var loaded = BertModels.open(BertModels.QUESTION_ANSWERING, console::status)) {
        embeddings(new TextRun(main.machine().engine(), loaded));
        bar.from(0).update(6, 6);
      }
    }
    return List.of(
        new Views.Card(
            "Attention",
            "All layers and heads of bert-base-cased on the police officer's sentence, with words "
                + "masked and predicted.",
            "attention/index.html"),
        new Views.Card(
            "Embeddings",
            "A question and its context, layer by layer, in the plane of two principal components.",
            "embeddings/index.html"),
        new Views.Card(
            "Embedding comparison",
            "One word's vectors in ten sentences, by Euclidean distance and cosine.",
            "distances/index.html"));
  }

  private void attention(TextRun run) {
    var tokens = run.tokens(DemoTexts.SENTENCE);
    var she = tokens.firstTokenOf("she").orElseThrow();
    var officer = tokens.firstTokenOf("officer").orElseThrow();
    var variants = new ArrayList<Views.AttentionVariant>();
    variants.add(run.variant("as it is", run.inspect(tokens), List.of()));
    var masked = run.inspect(tokens.maskedAt(she));
    variants.add(run.variant("she masked", masked, List.of(she)));
    var both = run.inspect(tokens.maskedAt(officer, she));
    variants.add(run.variant("officer and she masked", both, List.of(officer, she)));
    run.saveAttention(masked, List.of(she), out.resolve("attention"));
    Pages.write(
        new Views.Attention("Attention", run.modelName(), variants),
        out.resolve("attention/index.html"));
  }

  private void embeddings(TextRun run) {
    var tabs = new ArrayList<Views.EmbeddingTab>();
    for (var i = 0; i < DemoTexts.QUESTIONS.size(); i++) {
      var question = DemoTexts.QUESTIONS.get(i);
      var tab =
          run.embedding(
              "Question " + (i + 1), question.question(), question.context(), question.answer());
      TextRun.saveEmbedding(tab, out.resolve("embeddings/question" + (i + 1)));
      tabs.add(tab);
    }
    Pages.write(
        new Views.Embedding("Embeddings, layer by layer", run.modelName(), tabs),
        out.resolve("embeddings/index.html"));
  }

  private void distances(TextRun run) {
    var view =
        run.distances(
            "Word embeddings compared", DemoTexts.WORD, DemoTexts.SENTENCES, 12, "cosine");
    TextRun.saveDistances(view, out.resolve("distances"));
    Pages.write(view, out.resolve("distances/index.html"));
  }
}
