package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      var original = RefusedInput.orResult(() -> explanations.attention(tokens));
      var saved = original;
      var variants = new ArrayList<AttentionPage.Variant>();
      variants.add(AttentionPage.Variant.of("original", original));
      if (mask.length > 0) {
        saved = RefusedInput.orResult(() -> explanations.attention(tokens, mask));
        variants.addFirst(AttentionPage.Variant.of("masked", saved));
      }
      saved.save(out);
      texts.write(new AttentionPage("Attention", loaded.name(), variants), out);
      return 0;
    }
  }
}
