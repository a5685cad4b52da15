package org.pellucid.models.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.ModelFileException;

/**
 * The vocabulary of a tokenizer that can't be read.
 *
 * @param file its name in a model's folder
 * @param tokenizer what reads it
 */
public record ForeignVocabulary(String file, String tokenizer) {
  private static final List<ForeignVocabulary> KNOWN =
      List.of(
          new ForeignVocabulary("bpe.codes", "byte-pair encoding (BPE) by fastBPE"),
          new ForeignVocabulary("sentencepiece.bpe.model", "SentencePiece"),
          new ForeignVocabulary("spiece.model", "SentencePiece"),
          new ForeignVocabulary("tokenizer.model", "SentencePiece"));

  /** The first one in a folder. */
  public static Optional<ForeignVocabulary> in(Path folder) {
    return KNOWN.stream().filter(each -> each.isIn(folder)).findFirst();
  }

  /** Whether a folder has it. */
  public boolean isIn(Path folder) {
    return Files.exists(folder.resolve(file));
  }

  /**
   * Says that it can't be read.
   *
   * @param readable the tokenizers that can be, with their files
   */
  public ModelFileException refusal(Path folder, String readable) {
    return new ModelFileException(
        "%s has the vocabulary %s of %s, but only %s can be read; give a model with such a tokenizer."
            .formatted(folder, file, tokenizer, readable));
  }
}
