package org.pellucid.models.bert;

import java.nio.file.Path;
import java.util.ArrayList;
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

  /** More rows than this between two tokens' ids are taken for damage. */
  private static final int MOST_ADDED = 1_000_000;

  private final List<String> pieces;
  private final Map<String, Integer> ids;
  private final SpecialTokens specials;

  /**
   * A vocabulary of pieces in the order of their ids.
   *
   * @throws IllegalArgumentException if one of the five special tokens is missing
   */
  public Vocabulary(List<String> pieces) {
    this(pieces, SpecialTokens.standard(), List.of());
  }

  /**
   * A vocabulary with tokens added to it.
   *
   * @throws IllegalArgumentException if a special token is missing, or an added one's id is
   *     negative or far outside
   */
  Vocabulary(List<String> pieces, SpecialTokens specials, List<AddedToken> added) {
    this.specials = specials;
    var all = new ArrayList<>(pieces);
    ids = HashMap.newHashMap(pieces.size() + added.size());
    for (int id = 0; id < pieces.size(); id++) {
      ids.put(pieces.get(id), id);
    }
    for (var token : added) {
      if (token.id() < 0 || token.id() > pieces.size() + MOST_ADDED) {
        throw new IllegalArgumentException(
            "The added token %s has the id %d, which is far outside the vocabulary of %d pieces."
                .formatted(token.content(), token.id(), pieces.size()));
      }
      while (all.size() <= token.id()) {
        all.add("[no piece %d]".formatted(all.size()));
      }
      all.set(token.id(), token.content());
      ids.put(token.content(), token.id());
    }
    this.pieces = List.copyOf(all);
    for (String special : specials.all()) {
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
    try {
      return new Vocabulary(lines(file));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file + ": " + e.getMessage(), e);
    }
  }

  /** The pieces in a {@code vocab.txt}, without blank lines at its end. */
  static List<String> lines(Path file) {
    var lines = TextFile.lines(file, "vocabulary file");
    var size = lines.size();
    while (size > 0 && lines.get(size - 1).isEmpty()) {
      size--;
    }
    return lines.subList(0, size);
  }

  /** The number of pieces; ids run from 0 to one less. */
  public int size() {
    return pieces.size();
  }

  /** The tokens that are found whole in a text. */
  SpecialTokens specials() {
    return specials;
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
    return ids.get(specials.pad());
  }

  /** The id of {@link #UNKNOWN}. */
  public int unknownId() {
    return ids.get(specials.unknown());
  }

  /** The id of {@link #CLASSIFY}. */
  public int classifyId() {
    return ids.get(specials.classify());
  }

  /** The id of {@link #SEPARATOR}. */
  public int separatorId() {
    return ids.get(specials.separator());
  }

  /** The id of {@link #MASK}. */
  public int maskId() {
    return ids.get(specials.mask());
  }

  /** Whether no piece but the special ones has a capital letter: an uncased vocabulary. */
  static boolean lacksCapitals(List<String> pieces) {
    return pieces.stream()
        .filter(piece -> !(piece.startsWith("[") && piece.endsWith("]")))
        .noneMatch(piece -> piece.codePoints().anyMatch(Character::isUpperCase));
  }
}
