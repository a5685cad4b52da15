package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.explain.text.AttentionStudy;
import org.pellucid.explain.view.AttentionPage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what the heads of a model attend to in a text. */
@Command(name = "attention", description = "Writes a page of all layers' and heads' attention.")
final class AttentionCommand implements Callable<Integer> {
  @Mixin private TextModel texts;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      required = true,
      description = TextModel.MODEL)
  private String model;

  @Option(names = "--text", required = true, description = "[MASK] in it is predicted.")
  private String text;

  @Option(names = "--pair", description = "A second text.")
  private Optional<String> pair = Optional.empty();

  @Option(
      names = "--mask",
      split = ",",
      paramLabel = "I",
      description = "Token positions to mask; 0 is [CLS].")
  private int[] mask = {};

  @Option(
      names = "--target",
      paramLabel = "WORD",
      description =
          "The word whose score at the first masked token attention times gradient explains;"
              + " default: the likeliest, for a text of up to 64 tokens.")
  private Optional<String> target = Optional.empty();

  @Option(
      names = "--neurons",
      split = ",",
      paramLabel = "LAYER",
      description =
          "Layers from 0 whose queries and keys the page holds; default: all of a short text.")
  private List<Integer> neurons = List.of();

  @Option(
      names = "--flow",
      description =
          "Computes attention flow for a text of up to 128 tokens; up to 32 it is computed anyway.")
  private boolean flow;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = TextModel.OUT)
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    texts.checkReadable("--text", text);
    texts.checkReadable("--pair", pair.orElse(""));
    try (var loaded = texts.open(model)) {
      var tokens =
          RefusedInput.orResult(
              () ->
                  pair.map(second -> loaded.tokenizer().encode(text, second))
                      .orElseGet(() -> loaded.tokenizer().encode(text)));
      var explanations = texts.explanations(loaded);
      var scope = new AttentionStudy.Scope(target, neurons, flow);
      var masked = Arrays.stream(mask).boxed().toList();
      var studies =
          RefusedInput.orResult(() -> AttentionPage.studies(explanations, tokens, masked, scope));
      studies.getFirst().attention().save(out);
      texts.write(AttentionPage.of(loaded.name(), tokens, studies), out);
      return 0;
    }
  }
}
