package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.explain.text.ProjectorFiles;
import org.pellucid.explain.view.EmbeddingPage;
import org.pellucid.models.zoo.BertModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows a question's and its context's embeddings layer by layer. */
@Command(
    name = "embeddings",
    description =
        "Writes a page of all layers' embeddings in the plane, with neighbours and measures.")
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

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "UMAP's places depend on it; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--projector",
      description = "Also write each layer's vectors as the Embedding Projector's TSV files.")
  private boolean projector;

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
              () -> texts.explanations(loaded).embedding(question, context, answer, seed));
      found.save(out);
      if (projector) {
        ProjectorFiles.of(found).save(out.resolve("projector"));
      }
      texts.write(EmbeddingPage.of(loaded.name(), List.of(found)), out);
      return 0;
    }
  }
}
