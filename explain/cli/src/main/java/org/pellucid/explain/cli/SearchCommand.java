package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.pellucid.explain.search.CorpusIndex;
import org.pellucid.explain.search.CorpusSearch;
import org.pellucid.explain.search.Hit;
import org.pellucid.explain.search.SearchBy;
import org.pellucid.explain.search.SearchPage;
import org.pellucid.explain.search.SearchQuestion;
import org.pellucid.explain.search.SearchResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Searches an indexed text for words that a model represents like one of another text. */
@Command(name = "search", description = "Finds the words of an indexed text nearest to a word.")
final class SearchCommand implements Callable<Integer> {
  private static final int SHOWN_AROUND = 6;

  private final LuceneLog log = new LuceneLog();

  @Mixin private TextModel texts;

  @Option(
      names = "--index",
      paramLabel = "DIR",
      required = true,
      description = "A folder that text index has written.")
  private Path index;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      description = "Where the index's model is now; default: where it was.")
  private Optional<String> model = Optional.empty();

  @Option(names = "--text", required = true, description = "The text with the word.")
  private String text;

  @Option(
      names = "--position",
      paramLabel = "I",
      description = "The token to look for; 0 is [CLS].")
  private Optional<Integer> position = Optional.empty();

  @Option(names = "--word", description = "The word to look for, instead of its position.")
  private Optional<String> word = Optional.empty();

  @Option(
      names = "--mask",
      split = ",",
      paramLabel = "I",
      description = "Token positions to mask; 0 is [CLS].")
  private Integer[] mask = {};

  @Option(
      names = "--layer",
      paramLabel = "N",
      description = "0 is the embeddings; default: the index's last.")
  private Optional<Integer> layer = Optional.empty();

  @Option(
      names = "--by",
      defaultValue = "embedding",
      description = "embedding, or context: what the heads of encoder layer N, from 0, read.")
  private String by;

  @Option(
      names = "--heads",
      split = ",",
      paramLabel = "H",
      description = "Heads whose contexts and attention count, from 0; default: all.")
  private Integer[] heads = {};

  @Option(
      names = "--best",
      paramLabel = "N",
      defaultValue = "50",
      description = "Hits; default: 50.")
  private int best;

  @Option(names = "--exact", description = "Compares all vectors; else a graph finds most of them.")
  private boolean exact;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Option(names = "--out", paramLabel = "DIR", description = TextModel.OUT)
  private Optional<Path> out = Optional.empty();

  @Override
  public Integer call() throws IOException, InterruptedException {
    log.quieten();
    texts.checkReadable("--text", text);
    texts.checkReadable("--word", word.orElse(""));
    if (position.isPresent() == word.isPresent()) {
      throw texts.wrongUsage("give either --position or --word");
    }
    var kind =
        SearchBy.named(by)
            .orElseThrow(
                () ->
                    texts.wrongUsage("--by is %s, but must be embedding or context".formatted(by)));
    try (var opened = CorpusIndex.open(index);
        var loaded = texts.open(model.orElse(opened.description().weights().model()))) {
      var search = new CorpusSearch(texts.engine(), opened);
      var result =
          RefusedInput.orResult(
              () ->
                  search.search(
                      loaded, question(kind).to(opened.description(), loaded.tokenizer())));
      print(result);
      if (out.isPresent()) {
        result.save(out.get());
        texts.write(SearchPage.of(result, opened.description()), out.get());
      }
      return 0;
    }
  }

  private SearchQuestion question(SearchBy kind) {
    return new SearchQuestion(
        text,
        position.stream().mapToInt(Integer::intValue).findFirst(),
        word,
        Arrays.asList(mask),
        layer.stream().mapToInt(Integer::intValue).findFirst(),
        kind,
        Arrays.asList(heads),
        best,
        exact);
  }

  private void print(SearchResult result) {
    var console = texts.console();
    if (json) {
      console.print(result.json());
      return;
    }
    for (var hit : result.hits()) {
      console.print(
          String.format(
              Locale.ROOT, "%.4f  %-5s  %s", hit.similarity(), tagName(hit.tag()), excerpt(hit)));
    }
    for (var at : result.layers()) {
      console.print(
          String.format(
              Locale.ROOT,
              "layer %2d: nouns %3.0f %%, proper nouns %3.0f %% (%s)",
              at.layer(),
              100 * at.share(List.of("NOUN")),
              100 * at.share(List.of("PROPN")),
              counts(at)));
    }
  }

  private static String tagName(String tag) {
    return tag.isEmpty() ? "-" : tag;
  }

  private static String counts(SearchResult.LayerTags layer) {
    return layer.counts().entrySet().stream()
        .map(count -> tagName(count.getKey()) + " " + count.getValue())
        .collect(Collectors.joining(", "));
  }

  /** Some words on both sides of the match, which stands in brackets. */
  private static String excerpt(Hit hit) {
    var from = Math.max(0, hit.match() - SHOWN_AROUND);
    var to = Math.min(hit.words().size(), hit.match() + SHOWN_AROUND + 1);
    var text = new StringBuilder();
    for (var i = from; i < to; i++) {
      var word = hit.words().get(i);
      text.append(i == from ? "" : word.before())
          .append(i == hit.match() ? "[" + word.text() + "]" : word.text());
    }
    return text.toString();
  }
}
