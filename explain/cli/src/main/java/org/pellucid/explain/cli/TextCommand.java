package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.view.Pages;
import org.pellucid.explain.view.Views;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.zoo.BertFiles;
import org.pellucid.models.zoo.BertModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands on texts. */
@Command(name = "text", description = "Shows what BERT computes for texts.")
final class TextCommand implements Runnable {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; see pellucid text --help");
  }

  @Command(name = "attention", description = "Writes a page of all layers' and heads' attention.")
  int attention(
      @Option(names = "--model", paramLabel = "NAME|DIR", required = true) String model,
      @Option(names = "--text", required = true) String text,
      @Option(names = "--pair", description = "A second text.") Optional<String> pair,
      @Option(
              names = "--mask",
              split = ",",
              paramLabel = "I",
              description = "Token positions to mask; 0 is [CLS].")
          int[] mask,
      @Option(names = "--out", paramLabel = "DIR", required = true) Path out)
      throws IOException, InterruptedException {
    var console = main.console();
    try (var loaded = BertModels.open(model, console::status)) {
      var run = new TextRun(main.machine().engine(), loaded);
      var tokens =
          pair.map(second -> loaded.tokenizer().encode(text, second))
              .orElseGet(() -> loaded.tokenizer().encode(text));
      var variants = new ArrayList<Views.AttentionVariant>();
      var masked = mask == null ? List.<Integer>of() : Arrays.stream(mask).boxed().toList();
      var original = run.inspect(tokens);
      variants.add(run.variant("as it is", original, List.of()));
      var saved = original;
      if (!masked.isEmpty()) {
        saved = run.inspect(tokens.maskedAt(mask));
        variants.addFirst(run.variant("masked", saved, masked));
      }
      run.saveAttention(saved, masked, out);
      Pages.write(
          new Views.Attention("Attention", loaded.name(), variants), out.resolve("index.html"));
      console.print("The page is " + out.resolve("index.html"));
      return 0;
    }
  }

  @Command(
      name = "embeddings",
      description = "Writes a page of all layers' embeddings by principal components.")
  int embeddings(
      @Option(
              names = "--model",
              paramLabel = "NAME|DIR",
              defaultValue = BertModels.QUESTION_ANSWERING,
              description = "Default: ${DEFAULT-VALUE}.")
          String model,
      @Option(names = "--question", required = true) String question,
      @Option(names = "--context", required = true) String context,
      @Option(names = "--answer", description = "Its words are emphasised.")
          Optional<String> answer,
      @Option(names = "--out", paramLabel = "DIR", required = true) Path out)
      throws IOException, InterruptedException {
    var console = main.console();
    try (var loaded = BertModels.open(model, console::status)) {
      var run = new TextRun(main.machine().engine(), loaded);
      var tab = run.embedding("Question", question, context, answer.orElse(""));
      TextRun.saveEmbedding(tab, out);
      Pages.write(
          new Views.Embedding("Embeddings, layer by layer", loaded.name(), List.of(tab)),
          out.resolve("index.html"));
      console.print("The page is " + out.resolve("index.html"));
      return 0;
    }
  }

  @Command(name = "compare", description = "Compares a word's vectors across sentences.")
  int compare(
      @Option(names = "--model", paramLabel = "NAME|DIR", required = true) String model,
      @Option(names = "--sentences", paramLabel = "FILE", required = true) Path sentences,
      @Option(names = "--word", required = true) String word,
      @Option(names = "--layer", defaultValue = "12") int layer,
      @Option(names = "--metric", defaultValue = "euclidean", description = "cosine or euclidean.")
          String metric,
      @Option(names = "--out", paramLabel = "DIR", required = true) Path out)
      throws IOException, InterruptedException {
    if (!metric.equals("cosine") && !metric.equals("euclidean")) {
      throw new ParameterException(
          spec.commandLine(), "--metric is %s, but must be cosine or euclidean".formatted(metric));
    }
    var console = main.console();
    var lines = lines(sentences);
    try (var loaded = BertModels.open(model, console::status)) {
      var view =
          new TextRun(main.machine().engine(), loaded)
              .distances("Word embeddings compared", word, lines, layer, metric);
      TextRun.saveDistances(view, out);
      Pages.write(view, out.resolve("index.html"));
      console.print("The page is " + out.resolve("index.html"));
      return 0;
    }
  }

  @Command(name = "tokens", description = "Prints token ids, tokens and character offsets.")
  int tokens(
      @Option(names = "--model", paramLabel = "NAME|DIR", required = true) String model,
      @Option(names = "--text", paramLabel = "T", arity = "1..*") List<String> texts,
      @Option(names = "--sentences", paramLabel = "FILE") Optional<Path> sentences,
      @Option(names = "--json", description = "Prints JSON.") boolean json)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(texts == null ? List.<String>of() : texts);
    if (sentences.isPresent()) {
      all.addAll(lines(sentences.get()));
    }
    if (all.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "there is no text; give --text or --sentences");
    }
    var console = main.console();
    var tokenizer = BertFiles.locate(model, console::status).tokenizer();
    var results = all.stream().map(text -> described(tokenizer, text)).toList();
    if (json) {
      console.print(Json.pretty(results));
    } else {
      results.forEach(result -> console.print(String.valueOf(result.get("tokens"))));
    }
    return 0;
  }

  private static Map<String, Object> described(WordPieceTokenizer tokenizer, String text) {
    Tokens tokens = tokenizer.encode(text);
    var result = new LinkedHashMap<String, Object>();
    result.put("text", text);
    result.put("tokens", tokens.pieces());
    result.put("ids", tokens.ids());
    result.put(
        "offsets",
        tokens.list().stream().map(token -> new int[] {token.start(), token.end()}).toList());
    return result;
  }

  private static List<String> lines(Path file) throws IOException {
    Shapes.check(Files.isRegularFile(file), "There is no file %s; check the path", file);
    return Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
  }
}
