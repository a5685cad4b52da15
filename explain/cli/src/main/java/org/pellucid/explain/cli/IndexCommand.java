package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pellucid.explain.search.Corpus;
import org.pellucid.explain.search.CorpusIndex;
import org.pellucid.explain.search.IndexOptions;
import org.pellucid.explain.search.IndexProgress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Indexes a text, so that its words can be searched by what a model makes of them. */
@Command(name = "index", description = "Indexes a text for: text search.")
final class IndexCommand implements Callable<Integer> {
  private final LuceneLog log = new LuceneLog();

  @Mixin private TextModel texts;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      required = true,
      description = TextModel.MODEL)
  private String model;

  @Option(
      names = "--corpus",
      paramLabel = "FILE|NAME",
      defaultValue = Corpus.BUILT_IN,
      description = "UTF-8 text, or the built-in " + Corpus.BUILT_IN + " (default).")
  private String corpus;

  @Option(names = "--lines", description = "Each line of the text is a paragraph of its own.")
  private boolean lines;

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "N",
      description = "Layers to index; 0 is the embeddings; default: all.")
  private Integer[] layers = {};

  @Option(
      names = "--no-contexts",
      description = "Leaves out what heads read: half as large, but only searched by embedding.")
  private boolean withoutContexts;

  @Option(
      names = "--graph-from",
      paramLabel = "N",
      defaultValue = "" + IndexOptions.STANDARD_GRAPH_FROM,
      description =
          "From so many tokens on, graphs lead to most of the nearest; below, all are compared."
              + " Default: ${DEFAULT-VALUE}.")
  private long graphFrom;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The folder of the index; an older index there is replaced.")
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    log.quieten();
    var text = text();
    var options = new IndexOptions(Arrays.asList(layers), !withoutContexts, graphFrom);
    var console = texts.console();
    var start = System.nanoTime();
    try (var loaded = texts.open(model);
        var bar = console.bar("indexing", Console.FINE)) {
      IndexProgress progress =
          (step, done, total) -> {
            bar.note(step);
            bar.to(Console.FINE * done / Math.max(1, total));
          };
      var engine = texts.engine();
      var built =
          RefusedInput.orResult(
              () -> CorpusIndex.build(engine, loaded, text, options, out, progress));
      console.print(
          String.format(
              Locale.ROOT,
              "%,d tokens of %,d sentences of %s, layers %s%s%s: %,.1f MB in %s, %.0f seconds",
              built.tokens(),
              built.sentences(),
              built.corpus(),
              built.layers(),
              built.contexts() ? " with contexts" : "",
              built.graph() ? " and graphs" : "",
              CorpusIndex.size(out) / 1e6,
              out,
              (System.nanoTime() - start) / 1e9));
      return 0;
    }
  }

  private Corpus text() {
    if (corpus.equals(Corpus.BUILT_IN)) {
      return Corpus.builtIn();
    }
    return Corpus.file(Path.of(corpus), lines ? Corpus.Layout.LINES : Corpus.Layout.PARAGRAPHS);
  }
}
