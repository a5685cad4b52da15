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
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.method.MethodSelection.Preset;
import org.pellucid.explain.run.ExplanationRun;
import org.pellucid.explain.run.ImageInput;
import org.pellucid.explain.run.Manifest;
import org.pellucid.explain.run.ReportPage;
import org.pellucid.explain.run.ResultFiles;
import org.pellucid.explain.run.TargetChoice;
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

  private static final List<Views.Card> CARDS =
      List.of(
          new Views.Card(
              "Attention",
              "All layers and heads of bert-base-cased on the police officer's sentence, with words"
                  + " masked and predicted.",
              "attention/index.html"),
          new Views.Card(
              "Embeddings",
              "A question and its context, layer by layer, in the plane of two principal"
                  + " components.",
              "embeddings/index.html"),
          new Views.Card(
              "Embedding comparison",
              "One word's vectors in ten sentences, by Euclidean distance and cosine.",
              "distances/index.html"));

  @ParentCommand private Main main;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "report",
      description = "Where the report goes; report without.")
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var console = main.console();
    try (var classifier = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty())) {
      var images =
          SampleImages.names().stream()
              .map(name -> ImageInput.of(SampleImages.open(name), classifier))
              .toList();
      var network = classifier.network();
      var methods =
          MethodSelection.of(
                  Methods.builtIn(), List.of(), SHORTENED, Preset.HOMEWORK, images.size())
              .create(network);
      var run =
          new ExplanationRun(
              new Evaluator(main.machine().engine(), network),
              methods,
              List.of(),
              TargetChoice.parse("label"),
              RunOptions.standard());
      var page = new ReportPage(out, wording(images.size(), classifier), methods);
      var about =
          Map.<String, Object>of("weights", ImageClassifier.BUILT_IN, "classes", network.outputs());
      try (var bar = console.bar("images", Console.FINE * images.size() * methods.size())) {
        page.link(CARDS);
        run.run(
            images,
            List.of(new ResultFiles(out), new Manifest(out, about), page, new Complaints(console)),
            bar.over(methods));
      }
    }
    texts(console);
    console.print("The report is " + out.resolve("index.html").toAbsolutePath());
    return 0;
  }

  private static ReportPage.Wording wording(int images, ImageClassifier classifier) {
    return new ReportPage.Wording(
        "Pellucid: what the networks see",
        "Eight approaches on built-in examples: a food classifier on %d ray-traced images, BERT on"
                .formatted(images)
            + " the homework's texts",
        "Definitions follow the homework's notebook, with fewer samples: LIME 300 instead of 1000,"
            + " SmoothGrad 32 instead of 500, filters 30 steps instead of 100. The NPY files hold"
            + " unnormalised values; images are stretched for display. The adapter for questions"
            + " was trained on SQuAD, XQuAD and QED.",
        classifier::className);
  }

  private void texts(Console console) throws IOException, InterruptedException {
    var cased = KnownModel.BERT_BASE_CASED.modelName();
    try (var bar = console.bar("texts", 6)) {
      try (var loaded = BertModels.open(cased, console::status)) {
        var run = new TextRun(main.machine().engine(), loaded);
        attention(run);
        bar.to(2);
        distances(run);
        bar.to(3);
      }
      try (var loaded = BertModels.open(BertModels.QUESTION_ANSWERING, console::status)) {
        embeddings(new TextRun(main.machine().engine(), loaded));
        bar.to(6);
      }
    }
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
