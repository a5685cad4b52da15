package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A text or a pair of texts as a language model's input, such as BERT's {@code [CLS] first [SEP]}
 * or {@code [CLS] first [SEP] second [SEP]}.
 *
 * <p>Positions count from 0, which is {@code [CLS]}. Two neighbouring tokens may cover the same
 * character where normalisation took it apart (a Korean syllable in an uncased model).
 *
 * @param first the first or only text, as it was given
 * @param second the second text of a pair
 * @param list the tokens in order
 * @param maskId id of the token that masks in the vocabulary
 * @param mask that token as it is written in the vocabulary
 */
public record Tokens(
    String first, Optional<String> second, List<Token> list, int maskId, String mask) {
  /** Copies the list. */
  public Tokens {
    list = List.copyOf(list);
  }

  /** A text of BERT, in which {@code [MASK]} masks. */
  public Tokens(String first, Optional<String> second, List<Token> list, int maskId) {
    this(first, second, list, maskId, Vocabulary.MASK);
  }

  /** The number of tokens, {@code [CLS]} and {@code [SEP]} included. */
  public int size() {
    return list.size();
  }

  /**
   * Checks a position, from 0, which is {@code [CLS]}.
   *
   * @throws IllegalArgumentException if there is no token
   */
  public void checkPosition(int position) {
    check(
        position >= 0 && position < size(),
        "There is no position %d; the text's positions are 0..%d",
        position,
        size() - 1);
  }

  /** The tokens' ids, {@code [tokens]}. */
  public int[] ids() {
    return list.stream().mapToInt(Token::id).toArray();
  }

  /** The tokens' segments (token types, 0 or 1), {@code [tokens]}. */
  public int[] segmentIds() {
    return list.stream().mapToInt(Token::segment).toArray();
  }

  /** The positions at which the token that masks stands. */
  public IntStream masks() {
    return IntStream.range(0, list.size()).filter(i -> list.get(i).id() == maskId);
  }

  /** The tokens as they are written in the vocabulary. */
  public List<String> pieces() {
    return list.stream().map(Token::piece).toList();
  }

  /**
   * The part of its text that a token covers, empty for {@code [CLS]} and {@code [SEP]}.
   *
   * @throws IndexOutOfBoundsException if there is no such position
   */
  public String covered(int position) {
    var token = list.get(position);
    return textOf(token.source()).substring(token.start(), token.end());
  }

  /**
   * A copy in which the token that masks stands at the given positions; its places in the text
   * stay.
   *
   * @throws IllegalArgumentException if a position is outside 0 to size − 1
   */
  public Tokens maskedAt(int... positions) {
    var masked = new ArrayList<>(list);
    for (int position : positions) {
      if (position < 0 || position >= list.size()) {
        throw new IllegalArgumentException(
            "Position %d is outside this input's tokens, which count from 0 ([CLS]) to %d ([SEP])."
                .formatted(position, list.size() - 1));
      }
      var token = list.get(position);
      masked.set(
          position,
          new Token(
              maskId,
              mask,
              token.start(),
              token.end(),
              token.source(),
              token.word(),
              token.segment()));
    }
    return new Tokens(first, second, masked, maskId, mask);
  }

  /**
   * The position of the first token of a word, if it has one.
   *
   * @param source the text it belongs to
   * @param word index of the word in its text, from 0
   */
  public OptionalInt firstTokenOf(Token.Source source, int word) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).source() == source && list.get(i).word() == word) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * The position of the first token of a word's first occurrence, looked for in the first text,
   * then in the second.
   *
   * <p>The word is compared with the text as it was given, capitals included, and must begin and
   * end where words do: "cat" is not found in "cats", but "蘋果" is in "今天買了蘋果", because every
   * Chinese character is a word, and "New York" in "to New York!".
   *
   * @throws IllegalArgumentException if the word is blank
   */
  public OptionalInt firstTokenOf(String word) {
    if (word.isBlank()) {
      throw new IllegalArgumentException("The word to look for is empty.");
    }
    for (int begin = 0; begin < list.size(); begin++) {
      var token = list.get(begin);
      if (startsWord(begin)
          && textOf(token.source()).startsWith(word, token.start())
          && endsWord(token.source(), token.start() + word.length())) {
        return OptionalInt.of(begin);
      }
    }
    return OptionalInt.empty();
  }

  private boolean startsWord(int position) {
    var token = list.get(position);
    return token.source() != Token.Source.SPECIAL
        && (list.get(position - 1).source() != token.source()
            || list.get(position - 1).word() != token.word());
  }

  private boolean endsWord(Token.Source source, int end) {
    for (int i = 1; i < list.size(); i++) {
      var token = list.get(i - 1);
      boolean last = list.get(i).source() != source || list.get(i).word() != token.word();
      if (token.source() == source && last && token.end() == end) {
        return true;
      }
    }
    return false;
  }

  private String textOf(Token.Source source) {
    return switch (source) {
      case SPECIAL -> "";
      case FIRST -> first;
      case SECOND -> second.orElseThrow();
    };
  }
}
