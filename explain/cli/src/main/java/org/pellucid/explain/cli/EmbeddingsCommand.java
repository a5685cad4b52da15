package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.explain.view.EmbeddingPage;
import org.pellucid.models.zoo.BertModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows a question's and its context's embeddings layer by layer. */
@Command(
    name = "embeddings",
    description = "Writes a page of all layers' embeddings by principal components.")
final class EmbeddingsCommand implements Callable<Integer> {
  @Mixin private TextModel texts;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      defaultValue = BertModels.QUESTION_ANSWERING,
      description = TextModel.MODEL + " Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(names = "--question", required = true, description = "The first text.")
  private String question;

  @Option(
      names = "--context",
      required = true,
      description = "The second text, which holds the answer.")
  private String context;

  @Option(names = "--answer", description = "Its words are emphasised.")
  private Optional<String> answer = Optional.empty();

  @Option(names = "--out", paramLabel = "DIR", required = true, description = TextModel.OUT)
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    texts.checkReadable("--question", question);
    texts.checkReadable("--context", context);
    texts.checkReadable("--answer", answer.orElse(""));
    try (var loaded = texts.open(model)) {
      var found =
          RefusedInput.orResult(
              () -> texts.explanations(loaded).embedding(question, context, answer));
      found.save(out);
      var tab = EmbeddingPage.Tab.of("Question", found);
      texts.write(
          new EmbeddingPage("Embeddings, layer by layer", loaded.name(), List.of(tab)), out);
      return 0;
    }
  }
}
