package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.explain.view.AttentionPage;
import org.pellucid.explain.view.DistancePage;
import org.pellucid.explain.view.EmbeddingPage;
import org.pellucid.explain.view.Page;
import org.pellucid.explain.view.Pages;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.zoo.BertFiles;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.weights.OpenOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands on texts. */
@Command(name = "text", description = "Explains what BERT computes for texts.")
final class TextCommand implements Runnable {
  private static final String MODEL = "A model's name or its directory; see: weights list.";
  private static final String STATE =
      "The state dict to take out of a file that holds several, such as ema.";
  private static final String OUT = "The directory for results.";
  private static final String SENTENCES =
      "UTF-8 text, one sentence a line; the n-th result is the n-th line's.";

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; see pellucid text --help");
  }

  @Command(name = "attention", description = "Writes a page of all layers' and heads' attention.")
  int attention(
      @Option(names = "--model", paramLabel = "NAME|DIR", required = true, description = MODEL)
          String model,
      @Option(
              names = "--adapter",
              paramLabel = "FILE|DIR",
              description = "A low-rank adapter to merge into the model.")
          Optional<Path> adapter,
      @Option(names = "--state", paramLabel = "PATH", description = STATE) Optional<String> state,
      @Option(names = "--text", required = true, description = "[MASK] in it is predicted.")
          String text,
      @Option(names = "--pair", description = "A second text.") Optional<String> pair,
      @Option(
              names = "--mask",
              split = ",",
              paramLabel = "I",
              description = "Token positions to mask; 0 is [CLS].")
          int[] mask,
      @Option(names = "--out", paramLabel = "DIR", required = true, description = OUT) Path out)
      throws IOException, InterruptedException {
    checkReadable("--text", text);
    checkReadable("--pair", pair.orElse(""));
    try (var loaded = open(model, adapter, state)) {
      var tokens =
          RefusedInput.orResult(
              () ->
                  pair.map(second -> loaded.tokenizer().encode(text, second))
                      .orElseGet(() -> loaded.tokenizer().encode(text)));
      var explanations = explanations(loaded);
      var original = RefusedInput.orResult(() -> explanations.attention(tokens));
      var saved = original;
      var variants = new ArrayList<AttentionPage.Variant>();
      variants.add(AttentionPage.Variant.of("original", original));
      if (mask != null) {
        saved = RefusedInput.orResult(() -> explanations.attention(tokens, mask));
        variants.addFirst(AttentionPage.Variant.of("masked", saved));
      }
      saved.save(out);
      return written(new AttentionPage("Attention", loaded.name(), variants), out);
    }
  }

  private TextExplanations explanations(BertModels.Loaded loaded) {
    return new TextExplanations(main.machine().engine(), loaded);
  }

  private int written(Page page, Path out) {
    var file = out.resolve("index.html");
    Pages.write(page, file);
    main.console().print("The page is " + file);
    return 0;
  }

  @Command(
      name = "embeddings",
      description = "Writes a page of all layers' embeddings by principal components.")
  int embeddings(
      @Option(
              names = "--model",
              paramLabel = "NAME|DIR",
              defaultValue = BertModels.QUESTION_ANSWERING,
              description = MODEL + " Default: ${DEFAULT-VALUE}.")
          String model,
      @Option(
              names = "--adapter",
              paramLabel = "FILE|DIR",
              description = "A low-rank adapter to merge into the model.")
          Optional<Path> adapter,
      @Option(names = "--state", paramLabel = "PATH", description = STATE) Optional<String> state,
      @Option(names = "--question", required = true, description = "The first text.")
          String question,
      @Option(
              names = "--context",
              required = true,
              description = "The second text, which holds the answer.")
          String context,
      @Option(names = "--answer", description = "Its words are emphasised.")
          Optional<String> answer,
      @Option(names = "--out", paramLabel = "DIR", required = true, description = OUT) Path out)
      throws IOException, InterruptedException {
    checkReadable("--question", question);
    checkReadable("--context", context);
    checkReadable("--answer", answer.orElse(""));
    try (var loaded = open(model, adapter, state)) {
      var found =
          RefusedInput.orResult(() -> explanations(loaded).embedding(question, context, answer));
      found.save(out);
      var tab = EmbeddingPage.Tab.of("Question", found);
      return written(
          new EmbeddingPage("Embeddings, layer by layer", loaded.name(), List.of(tab)), out);
    }
  }

  @Command(name = "compare", description = "Compares a word's vectors across sentences.")
  int compare(
      @Option(names = "--model", paramLabel = "NAME|DIR", required = true, description = MODEL)
          String model,
      @Option(
              names = "--adapter",
              paramLabel = "FILE|DIR",
              description = "A low-rank adapter to merge into the model.")
          Optional<Path> adapter,
      @Option(names = "--state", paramLabel = "PATH", description = STATE) Optional<String> state,
      @Option(names = "--sentences", paramLabel = "FILE", required = true, description = SENTENCES)
          Path sentences,
      @Option(names = "--word", required = true, description = "It must stand in every sentence.")
          String word,
      @Option(
              names = "--layer",
              paramLabel = "N",
              description = "0 is the embeddings; default: the model's last.")
          Optional<Integer> layer,
      @Option(names = "--metric", defaultValue = "euclidean", description = "cosine or euclidean.")
          String metric,
      @Option(names = "--out", paramLabel = "DIR", required = true, description = OUT) Path out)
      throws IOException, InterruptedException {
    checkReadable("--word", word);
    var chosen =
        Metric.named(metric)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "--metric is %s, but must be cosine or euclidean".formatted(metric)));
    var lines = RefusedInput.orResult(() -> SentenceFile.read(sentences));
    try (var loaded = open(model, adapter, state)) {
      var explanations = explanations(loaded);
      int number = layer.orElse(loaded.model().config().layers());
      var found =
          RefusedInput.orResult(
              () -> {
                explanations.checkLayer(number);
                return explanations.distances(word, lines);
              });
      found.save(out, number, chosen);
      return written(
          DistancePage.of("Word embeddings compared", loaded.name(), found, number, chosen), out);
    }
  }

  @Command(name = "tokens", description = "Prints token ids, tokens and character offsets.")
  int tokens(
      @Option(names = "--model", paramLabel = "NAME|DIR", required = true, description = MODEL)
          String model,
      @Option(names = "--text", paramLabel = "T", arity = "1..*", description = "One text or more.")
          List<String> texts,
      @Option(names = "--sentences", paramLabel = "FILE", description = SENTENCES)
          Optional<Path> sentences,
      @Option(names = "--json", description = "Prints JSON.") boolean json)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(texts == null ? List.<String>of() : texts);
    all.forEach(text -> checkReadable("--text", text));
    if (sentences.isPresent()) {
      all.addAll(RefusedInput.orResult(() -> SentenceFile.read(sentences.get())));
    }
    if (all.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "a text is missing; give --text or --sentences");
    }
    var console = main.console();
    var tokenizer = BertFiles.locate(model, console::status).tokenizer();
    var results =
        RefusedInput.orResult(
            () -> all.stream().map(text -> TokenizedText.of(tokenizer, text)).toList());
    if (json) {
      console.print(Json.pretty(results));
    } else {
      results.forEach(result -> console.print(result.tokens().toString()));
    }
    return 0;
  }

  private record TokenizedText(String text, List<String> tokens, int[] ids, List<int[]> offsets) {
    static TokenizedText of(WordPieceTokenizer tokenizer, String text) {
      var tokens = tokenizer.encode(text);
      var offsets =
          tokens.list().stream().map(token -> new int[] {token.start(), token.end()}).toList();
      return new TokenizedText(text, tokens.pieces(), tokens.ids(), offsets);
    }
  }

  private BertModels.Loaded open(String model, Optional<Path> adapter, Optional<String> state)
      throws IOException, InterruptedException {
    var standard = OpenOptions.standard();
    var options = state.map(standard::withState).orElse(standard);
    var loaded = BertModels.open(model, adapter, options, main.console()::status);
    loaded.notes().forEach(main.console()::remark);
    return loaded;
  }

  /** Java puts the replacement character where the locale has no letter for what was typed. */
  private void checkReadable(String option, String text) {
    if (text.indexOf('\uFFFD') >= 0) {
      throw new ParameterException(
          spec.commandLine(),
          "%s holds letters that can't be read in this locale; set LC_ALL=C.UTF-8 and try again"
              .formatted(option));
    }
  }
}
