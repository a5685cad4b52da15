package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.explain.text.ComparedWord;
import org.pellucid.explain.text.ComparedWord.Vector;
import org.pellucid.explain.text.WordComparison;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.explain.view.DistancePage;
import picocli.CommandLine.ArgGroup;
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

  @ArgGroup(multiplicity = "1")
  private Compared compared;

  /** What is compared, in one of two ways. */
  private static final class Compared {
    @Option(
        names = "--word",
        required = true,
        description = "A word, words or a Chinese character; its first occurrence counts.")
    private Optional<String> word = Optional.empty();

    @Option(
        names = "--offsets",
        required = true,
        paramLabel = "FROM-TO,...",
        description =
            "A span of characters for each line instead, as text tokens counts them; blank lines"
                + " have -.")
    private Optional<String> offsets = Optional.empty();
  }

  @Option(
      names = "--vector",
      defaultValue = "first",
      description = "Of several tokens: first or mean; default: ${DEFAULT-VALUE}.")
  private String vector;

  @Option(
      names = "--groups",
      paramLabel = "0,1,...|FILE|lines",
      description =
          "A group for each line, or a file of them, or lines: each line is group, tab, sentence."
              + " Without it groups are found.")
  private Optional<String> groups = Optional.empty();

  @Option(
      names = "--layer",
      paramLabel = "N",
      description = "0 is the embeddings; default: the model's last.")
  private Optional<Integer> layer = Optional.empty();

  @Option(
      names = "--metric",
      defaultValue = "euclidean",
      description = "cosine, euclidean or dot; default: ${DEFAULT-VALUE}.")
  private String metric;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = TextModel.OUT)
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    compared.word.ifPresent(word -> texts.checkReadable("--word", word));
    var chosen =
        Metric.named(metric)
            .orElseThrow(
                () ->
                    texts.wrongUsage(
                        "--metric is %s, but must be cosine, euclidean or dot".formatted(metric)));
    var tokens = tokens();
    var lines = RefusedInput.orResult(() -> GroupedSentences.read(sentences, groups));
    var word =
        RefusedInput.orResult(
            () ->
                new ComparedWord(
                    compared
                        .word
                        .<ComparedWord.Place>map(ComparedWord.Word::new)
                        .orElseGet(() -> Offsets.parse(compared.offsets.orElseThrow())),
                    tokens));
    try (var loaded = texts.open(model)) {
      var explanations = texts.explanations(loaded);
      int number = layer.orElse(loaded.model().config().layers());
      var found =
          RefusedInput.orResult(
              () -> {
                explanations.checkLayer(number);
                var distances = explanations.distances(word, lines.sentences());
                return WordComparison.of(distances, lines.labels(), number);
              });
      found.save(out, chosen);
      texts.write(DistancePage.of(loaded.name(), found, chosen), out);
      var failures = found.distances().failures();
      failures.forEach(failure -> texts.console().complain(failure.text()));
      return failures.isEmpty() ? 0 : 1;
    }
  }

  private Vector tokens() {
    return switch (vector) {
      case "first" -> Vector.FIRST;
      case "mean" -> Vector.MEAN;
      default ->
          throw texts.wrongUsage("--vector is %s, but must be first or mean".formatted(vector));
    };
  }
}
