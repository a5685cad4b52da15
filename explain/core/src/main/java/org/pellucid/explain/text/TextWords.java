package org.pellucid.explain.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;

/**
 * The words of a text, each with its tokens; {@code [CLS]} and {@code [SEP]} are words of their
 * own.
 *
 * @param all in the order of the tokens
 */
record TextWords(List<Word> all) {

  /**
   * A word.
   *
   * @param text as it stands in the text, or the token in place of it
   * @param before what stands between the word before it and this one
   * @param tokens its first position and those that follow
   * @param source the text it belongs to
   * @param masked whether {@code [MASK]} stands in its place
   */
  record Word(
      String text, String before, List<Integer> tokens, Token.Source source, boolean masked) {

    boolean canBeHidden() {
      return source != Token.Source.SPECIAL && !masked;
    }
  }

  static TextWords of(Tokens tokens) {
    var words = new ArrayList<Word>();
    var from = 0;
    for (var i = 1; i <= tokens.size(); i++) {
      if (i == tokens.size() || !isSameWord(tokens.list().get(i - 1), tokens.list().get(i))) {
        words.add(word(tokens, from, i));
        from = i;
      }
    }
    return new TextWords(List.copyOf(words));
  }

  private static boolean isSameWord(Token before, Token token) {
    return token.source() != Token.Source.SPECIAL
        && before.source() == token.source()
        && before.word() == token.word();
  }

  private static Word word(Tokens tokens, int from, int to) {
    var list = tokens.list();
    var first = list.get(from);
    var masked = IntStream.range(from, to).anyMatch(i -> list.get(i).id() == tokens.maskId());
    if (first.source() == Token.Source.SPECIAL) {
      return new Word(first.piece(), " ", positions(from, to), first.source(), false);
    }
    var text =
        first.source() == Token.Source.FIRST ? tokens.first() : tokens.second().orElseThrow();
    var previous = from == 0 ? first : list.get(from - 1);
    var gap = previous.source() == first.source() ? gap(text, previous.end(), first.start()) : " ";
    var own =
        masked
            ? String.join(" ", list.subList(from, to).stream().map(Token::piece).toList())
            : text.substring(first.start(), list.get(to - 1).end());
    return new Word(own, gap, positions(from, to), first.source(), masked);
  }

  private static String gap(String text, int from, int to) {
    return from < to ? text.substring(from, to) : "";
  }

  private static List<Integer> positions(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  /**
   * What methods hide: words, or their tokens one by one. Special tokens and masked words are
   * always shown.
   */
  List<int[]> units(boolean singleTokens) {
    var hidden = all.stream().filter(Word::canBeHidden).map(Word::tokens);
    return singleTokens
        ? hidden.flatMap(List::stream).map(token -> new int[] {token}).toList()
        : hidden.map(tokens -> tokens.stream().mapToInt(Integer::intValue).toArray()).toList();
  }

  /** The sum over each word's tokens. */
  double[] sums(double[] byToken) {
    return all.stream()
        .mapToDouble(word -> word.tokens().stream().mapToDouble(token -> byToken[token]).sum())
        .toArray();
  }
}
