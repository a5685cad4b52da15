package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.explain.view.DistancePage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares a word's embeddings across sentences. */
@Command(name = "compare", description = "Compares a word's vectors across sentences.")
final class CompareCommand implements Callable<Integer> {
  @Mixin private TextModel texts;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      required = true,
      description = TextModel.MODEL)
  private String model;

  @Option(
      names = "--sentences",
      paramLabel = "FILE",
      required = true,
      description = TextModel.SENTENCES)
  private Path sentences;

  @Option(names = "--word", required = true, description = "It must stand in every sentence.")
  private String word;

  @Option(
      names = "--layer",
      paramLabel = "N",
      description = "0 is the embeddings; default: the model's last.")
  private Optional<Integer> layer = Optional.empty();

  @Option(names = "--metric", defaultValue = "euclidean", description = "cosine or euclidean.")
  private String metric;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = TextModel.OUT)
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    texts.checkReadable("--word", word);
    var chosen =
        Metric.named(metric)
            .orElseThrow(
                () ->
                    texts.wrongUsage(
                        "--metric is %s, but must be cosine or euclidean".formatted(metric)));
    var lines = RefusedInput.orResult(() -> SentenceFile.read(sentences));
    try (var loaded = texts.open(model)) {
      var explanations = texts.explanations(loaded);
      int number = layer.orElse(loaded.model().config().layers());
      var found =
          RefusedInput.orResult(
              () -> {
                explanations.checkLayer(number);
                return explanations.distances(word, lines);
              });
      found.save(out, number, chosen);
      texts.write(
          DistancePage.of("Word embeddings compared", loaded.name(), found, number, chosen), out);
      return 0;
    }
  }
}
