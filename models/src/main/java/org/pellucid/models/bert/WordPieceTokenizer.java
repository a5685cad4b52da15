package org.pellucid.models.bert;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Turns text into BERT's word pieces and tells where in the text each one stands.
 *
 * <p>Each word is split into the longest pieces of the vocabulary, from left to right; a word that
 * can't be, or has more than 100 letters, becomes one {@code [UNK]}. A special or added token
 * written in the text, such as {@code [MASK]}, is that token. Source: Devlin et al. 2018, section
 * 3, and Wu et al. 2016 for the word pieces.
 */
public final class WordPieceTokenizer implements TextTokenizer {
  /** Positions of the original BERT models. */
  public static final int DEFAULT_MAXIMAL_LENGTH = 512;

  private static final int LONGEST_WORD = 100;
  private final Vocabulary vocabulary;
  private final NormalizerOptions options;
  private final WordSplitter splitter;
  private final WholeTokens whole;
  private final int maximalLength;
  private final int longestWord;

  /**
   * A tokenizer.
   *
   * @param maximalLength most tokens an input may have, {@code [CLS]} and {@code [SEP]} included
   * @throws IllegalArgumentException if the maximal length is below 3
   */
  public WordPieceTokenizer(Vocabulary vocabulary, NormalizerOptions options, int maximalLength) {
    this(vocabulary, options, maximalLength, LONGEST_WORD, List.of());
  }

  /**
   * A tokenizer that finds added tokens too.
   *
   * @param longestWord letters of the longest word that is split
   */
  WordPieceTokenizer(
      Vocabulary vocabulary,
      NormalizerOptions options,
      int maximalLength,
      int longestWord,
      List<AddedToken> added) {
    if (maximalLength < 3) {
      throw new IllegalArgumentException(
          "A maximal length of %d leaves no room for text between [CLS] and [SEP]."
              .formatted(maximalLength));
    }
    this.vocabulary = vocabulary;
    this.options = options;
    this.splitter = new WordSplitter(options);
    this.whole = new WholeTokens(vocabulary, added, options.lowerCase());
    this.maximalLength = maximalLength;
    this.longestWord = longestWord;
  }

  /**
   * Opens the tokenizer of a directory in Hugging Face layout: {@code vocab.txt} or {@code
   * tokenizer.json}, and if there, the settings {@code do_lower_case}, {@code strip_accents} and
   * {@code tokenize_chinese_chars} and the tokens of {@code tokenizer_config.json}, those of {@code
   * special_tokens_map.json} and {@code added_tokens.json}, and {@code max_position_embeddings} of
   * {@code config.json}.
   *
   * <p>What {@code tokenizer_config.json} says wins over {@code tokenizer.json}. Where neither says
   * whether text becomes lower case, it does if no piece of the vocabulary has a capital letter.
   *
   * @throws org.pellucid.models.ModelFileException if a file is missing or malformed, or describes
   *     another tokenizer than WordPiece
   */
  public static WordPieceTokenizer open(Path directory) {
    return TokenizerFiles.in(directory).tokenizer();
  }

  /**
   * Opens the tokenizer of a directory like {@link #open(Path)}, of a model of any family.
   *
   * @param maximalLength most tokens an input may have, whatever {@code config.json} says
   * @throws org.pellucid.models.ModelFileException as there
   */
  public static WordPieceTokenizer open(Path directory, int maximalLength) {
    return TokenizerFiles.in(directory).tokenizer(maximalLength);
  }

  /** The vocabulary whose pieces words are split into. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** How texts are normalised before they are split. */
  public NormalizerOptions options() {
    return options;
  }

  @Override
  public int maximalLength() {
    return maximalLength;
  }

  @Override
  public int size() {
    return vocabulary.size();
  }

  @Override
  public OptionalInt idOf(String word) {
    return vocabulary.id(word);
  }

  /** The piece itself, whose {@code ##} tells what it is. */
  @Override
  public String spelling(int id) {
    return decode(id);
  }

  @Override
  public int padId() {
    return vocabulary.padId();
  }

  @Override
  public int unknownId() {
    return vocabulary.unknownId();
  }

  @Override
  public String decode(int id) {
    return vocabulary.piece(id);
  }

  /**
   * A text as {@code [CLS] text [SEP]}.
   *
   * @throws IllegalArgumentException if that is longer than the maximal length
   */
  @Override
  public Tokens encode(String text) {
    return tokens(text, Optional.empty(), false);
  }

  /**
   * A pair of texts as {@code [CLS] first [SEP] second [SEP]}.
   *
   * @throws IllegalArgumentException if that is longer than the maximal length
   */
  @Override
  public Tokens encode(String first, String second) {
    return tokens(first, Optional.of(second), false);
  }

  /** A text like {@link #encode(String)}, its end cut off at the maximal length. */
  public Tokens encodeTruncated(String text) {
    return tokens(text, Optional.empty(), true);
  }

  /**
   * A pair like {@link #encode(String, String)}, the end of the second text cut off at the maximal
   * length.
   *
   * @throws IllegalArgumentException if the first text alone leaves no room for the second
   */
  public Tokens encodeTruncated(String first, String second) {
    return tokens(first, Optional.of(second), true);
  }

  /**
   * The word pieces of a text of any length, without {@code [CLS]} and {@code [SEP]}.
   *
   * @param source what the tokens say of their text, which decides the segment too
   * @throws IllegalArgumentException if the source is {@link Token.Source#SPECIAL}
   */
  public List<Token> split(String text, Token.Source source) {
    if (source == Token.Source.SPECIAL) {
      throw new IllegalArgumentException("A text's tokens can't be special ones.");
    }
    return List.copyOf(pieces(text, source));
  }

  private Tokens tokens(String first, Optional<String> second, boolean truncate) {
    var list = new ArrayList<Token>();
    list.add(special(vocabulary.classifyId(), 0));
    list.addAll(pieces(first, Token.Source.FIRST));
    if (second.isPresent()) {
      list.add(special(vocabulary.separatorId(), 0));
      if (truncate && list.size() >= maximalLength - 1) {
        throw tooLong("The first text and its [CLS] and [SEP] have", list.size());
      }
      list.addAll(pieces(second.get(), Token.Source.SECOND));
    }
    if (truncate && list.size() >= maximalLength) {
      list.subList(maximalLength - 1, list.size()).clear();
    }
    list.add(special(vocabulary.separatorId(), second.isPresent() ? 1 : 0));
    if (list.size() > maximalLength) {
      throw tooLong("The text has", list.size());
    }
    return new Tokens(first, second, list, vocabulary.maskId());
  }

  private IllegalArgumentException tooLong(String what, int length) {
    return new IllegalArgumentException(
        "%s %d tokens, too many for this model's maximal length of %d; shorten the text."
            .formatted(what, length, maximalLength));
  }

  private Token special(int id, int segment) {
    return new Token(id, vocabulary.piece(id), 0, 0, Token.Source.SPECIAL, -1, segment);
  }

  private List<Token> pieces(String text, Token.Source source) {
    var pieces = new ArrayList<Token>();
    int word = 0;
    int position = 0;
    for (var found : whole.in(text)) {
      for (var letters : splitter.split(text, position, found.start())) {
        spell(letters, source, word++, pieces);
      }
      pieces.add(token(found.piece(), found.start(), found.end(), source, word++));
      position = found.end();
    }
    for (var letters : splitter.split(text, position, text.length())) {
      spell(letters, source, word++, pieces);
    }
    return pieces;
  }

  private void spell(
      List<NormalizedCodePoint> letters, Token.Source source, int word, List<Token> pieces) {
    int before = pieces.size();
    for (int begin = 0; begin < letters.size(); ) {
      var piece = letters.size() > longestWord ? "" : longestPiece(letters, begin);
      if (piece.isEmpty()) {
        pieces.subList(before, pieces.size()).clear();
        pieces.add(covering(vocabulary.specials().unknown(), letters, source, word));
        return;
      }
      int end = begin + length(piece, begin);
      pieces.add(covering(piece, letters.subList(begin, end), source, word));
      begin = end;
    }
  }

  /** The longest piece at a letter, or an empty string where there is none. */
  private String longestPiece(List<NormalizedCodePoint> letters, int begin) {
    var piece = new StringBuilder(begin == 0 ? "" : "##");
    letters.subList(begin, letters.size()).forEach(l -> piece.appendCodePoint(l.codePoint()));
    for (int end = letters.size(); end > begin; end--) {
      var candidate = piece.toString();
      if (vocabulary.id(candidate).isPresent()) {
        return candidate;
      }
      piece.setLength(piece.length() - Character.charCount(letters.get(end - 1).codePoint()));
    }
    return "";
  }

  private static int length(String piece, int begin) {
    return piece.codePointCount(begin == 0 ? 0 : 2, piece.length());
  }

  private Token covering(
      String piece, List<NormalizedCodePoint> letters, Token.Source source, int word) {
    int start = letters.stream().mapToInt(NormalizedCodePoint::start).min().orElseThrow();
    int end = letters.stream().mapToInt(NormalizedCodePoint::end).max().orElseThrow();
    return token(piece, start, end, source, word);
  }

  private Token token(String piece, int start, int end, Token.Source source, int word) {
    int id = vocabulary.id(piece).orElseThrow();
    int segment = source == Token.Source.SECOND ? 1 : 0;
    return new Token(id, piece, start, end, source, word, segment);
  }
}
