package org.pellucid.models.bert;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.pellucid.models.ModelFileException;

/**
 * The word pieces a BERT model knows, each with its id (its line in {@code vocab.txt}, from 0).
 *
 * <p>A piece that continues a word begins with {@code ##}.
 */
public final class Vocabulary {
  /** Pads a batch to one length, and serves as an empty baseline. */
  public static final String PAD = "[PAD]";

  /** Stands for a word that can't be split into the vocabulary's pieces. */
  public static final String UNKNOWN = "[UNK]";

  /** Opens every input. */
  public static final String CLASSIFY = "[CLS]";

  /** Ends each text of an input. */
  public static final String SEPARATOR = "[SEP]";

  /** Hides a token that the model predicts. */
  public static final String MASK = "[MASK]";

  static final List<String> SPECIAL = List.of(PAD, UNKNOWN, CLASSIFY, SEPARATOR, MASK);

  private final List<String> pieces;
  private final Map<String, Integer> ids;

  /**
   * A vocabulary of pieces in the order of their ids.
   *
   * @throws IllegalArgumentException if one of the five special tokens is missing
   */
  public Vocabulary(List<String> pieces) {
    this.pieces = List.copyOf(pieces);
    ids = HashMap.newHashMap(pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      ids.put(pieces.get(id), id);
    }
    for (String special : SPECIAL) {
      if (!ids.containsKey(special)) {
        throw new IllegalArgumentException(
            "The vocabulary of "
                + pieces.size()
                + " pieces has no "
                + special
                + "; give the vocab.txt that belongs to a BERT model.");
      }
    }
  }

  /**
   * Reads a {@code vocab.txt}: UTF-8, one piece a line.
   *
   * @throws ModelFileException if the file can't be read or isn't a BERT vocabulary
   */
  public static Vocabulary read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelFileException("There is no vocabulary file " + file + "; check the path.");
    }
    try {
      return new Vocabulary(Files.readAllLines(file));
    } catch (CharacterCodingException e) {
      throw new ModelFileException("The vocabulary file " + file + " is not UTF-8 text.", e);
    } catch (IOException e) {
      throw new ModelFileException(
          "%s can't be read (%s); check its permissions.".formatted(file, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file + ": " + e.getMessage(), e);
    }
  }

  /** The number of pieces; ids run from 0 to one less. */
  public int size() {
    return pieces.size();
  }

  /** The id of a piece as it is written in the vocabulary, if it has one. */
  public OptionalInt id(String piece) {
    Integer id = ids.get(piece);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * The piece that has an id.
   *
   * @throws IllegalArgumentException if the id is outside 0 to size − 1
   */
  public String piece(int id) {
    if (id < 0 || id >= pieces.size()) {
      throw new IllegalArgumentException(
          "Token id " + id + " is outside the vocabulary's 0 to " + (pieces.size() - 1) + ".");
    }
    return pieces.get(id);
  }

  /** The id of {@link #PAD}. */
  public int padId() {
    return ids.get(PAD);
  }

  /** The id of {@link #UNKNOWN}. */
  public int unknownId() {
    return ids.get(UNKNOWN);
  }

  /** The id of {@link #CLASSIFY}. */
  public int classifyId() {
    return ids.get(CLASSIFY);
  }

  /** The id of {@link #SEPARATOR}. */
  public int separatorId() {
    return ids.get(SEPARATOR);
  }

  /** The id of {@link #MASK}. */
  public int maskId() {
    return ids.get(MASK);
  }

  /** Whether no piece but the special ones has a capital letter: an uncased vocabulary. */
  boolean lacksCapitals() {
    return pieces.stream()
        .filter(piece -> !(piece.startsWith("[") && piece.endsWith("]")))
        .noneMatch(piece -> piece.codePoints().anyMatch(Character::isUpperCase));
  }
}
