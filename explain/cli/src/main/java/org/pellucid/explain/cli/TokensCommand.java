package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.models.bert.TextTokenizer;
import org.pellucid.models.zoo.TextModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints how a model's tokenizer splits texts. */
@Command(name = "tokens", description = "Prints token ids, tokens and character offsets.")
final class TokensCommand implements Callable<Integer> {
  @Mixin private TextModel model;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      required = true,
      description = TextModel.MODEL)
  private String name;

  @Option(names = "--text", paramLabel = "T", arity = "1..*", description = "One text or more.")
  private List<String> texts = List.of();

  @Option(names = "--sentences", paramLabel = "FILE", description = TextModel.SENTENCES)
  private Optional<Path> sentences = Optional.empty();

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  private record TokenizedText(String text, List<String> tokens, int[] ids, List<int[]> offsets) {
    static TokenizedText of(TextTokenizer tokenizer, String text) {
      var tokens = tokenizer.encode(text);
      var offsets =
          tokens.list().stream().map(token -> new int[] {token.start(), token.end()}).toList();
      return new TokenizedText(text, tokens.pieces(), tokens.ids(), offsets);
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var all = new ArrayList<>(texts);
    all.forEach(text -> model.checkReadable("--text", text));
    if (sentences.isPresent()) {
      all.addAll(RefusedInput.orResult(() -> SentenceFile.read(sentences.get())));
    }
    if (all.isEmpty()) {
      throw model.wrongUsage("a text is missing; give --text or --sentences");
    }
    var console = model.console();
    var tokenizer = TextModels.tokenizer(name, console::status);
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
}
