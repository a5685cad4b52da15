package org.pellucid.models.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.pellucid.models.bert.TextTokenizer;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;

/**
 * Turns text into pieces of bytes as GPT-2 and RoBERTa do (Radford et al., 2019; Liu et al., 2019),
 * and tells where in the text each one stands.
 *
 * <p>A text is cut into words, each with the space before it, and the UTF-8 bytes of a word are
 * joined pair by pair. A word's piece doesn't cover that space; one that holds a part of a letter's
 * bytes covers the letter. Tokens that are written in the text, such as {@code <mask>}, are those
 * tokens.
 */
public final class BytePairTokenizer implements TextTokenizer {
  private static final Pattern WORDS =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+"
              + "|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+");

  private final Map<Integer, String> pieces = new HashMap<>();
  private final int size;
  private final Map<String, Integer> ids;
  private final BytePairs pairs;
  private final List<WholeToken> whole;
  private final TokenTemplate template;
  private final Names names;
  private final boolean spaceFirst;
  private final int maximalLength;

  /**
   * A token that is found whole in a text.
   *
   * @param eatsBefore whether white space before it belongs to it
   * @param eatsAfter whether white space after it belongs to it
   */
  record WholeToken(String content, boolean eatsBefore, boolean eatsAfter) {}

  /** How the tokens for special purposes are written. */
  record Names(String pad, String unknown, String mask) {}

  /**
   * A tokenizer.
   *
   * @param ids of all pieces, added tokens included
   * @param spaceFirst whether a text begins with a space, too
   */
  BytePairTokenizer(
      Map<String, Integer> ids,
      BytePairs pairs,
      List<WholeToken> whole,
      TokenTemplate template,
      Names names,
      boolean spaceFirst,
      int maximalLength) {
    this.ids = new HashMap<>(ids);
    this.pairs = pairs;
    this.whole = List.copyOf(whole);
    this.template = template;
    this.names = names;
    this.spaceFirst = spaceFirst;
    this.maximalLength = maximalLength;
    ids.forEach((piece, id) -> pieces.put(id, piece));
    this.size = ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
  }

  @Override
  public Tokens encode(String text) {
    return tokens(text, Optional.empty(), template.single());
  }

  @Override
  public Tokens encode(String first, String second) {
    return tokens(first, Optional.of(second), template.pair());
  }

  private Tokens tokens(String first, Optional<String> second, List<TokenTemplate.Part> parts) {
    var list = new ArrayList<Token>();
    for (var part : parts) {
      switch (part) {
        case TokenTemplate.Special(var piece, var type) ->
            list.add(new Token(ids.get(piece), piece, 0, 0, Token.Source.SPECIAL, -1, type));
        case TokenTemplate.Text(var source, var type) -> {
          var text = source == Token.Source.FIRST ? first : second.orElseThrow();
          new Cutter(text, source, type, list).cut();
        }
      }
    }
    if (list.size() > maximalLength) {
      throw new IllegalArgumentException(
          "The text has %d tokens, too many for this model's maximal length of %d; shorten the text."
              .formatted(list.size(), maximalLength));
    }
    return new Tokens(first, second, list, ids.get(names.mask()), names.mask());
  }

  @Override
  public int maximalLength() {
    return maximalLength;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public OptionalInt idOf(String word) {
    for (var piece : List.of(ByteAlphabet.written(" " + word), ByteAlphabet.written(word), word)) {
      var id = ids.get(piece);
      if (id != null) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  @Override
  public String decode(int id) {
    if (id < 0 || id >= size) {
      throw new IllegalArgumentException(
          "Token id %d is outside the vocabulary's 0 to %d.".formatted(id, size - 1));
    }
    return pieces.getOrDefault(id, "[no piece %d]".formatted(id));
  }

  @Override
  public String spelling(int id) {
    return ByteAlphabet.read(decode(id)).strip();
  }

  @Override
  public int padId() {
    return ids.get(names.pad());
  }

  @Override
  public int unknownId() {
    return ids.get(names.unknown());
  }

  /** Cuts one text. */
  private final class Cutter {
    private final String text;
    private final Token.Source source;
    private final int type;
    private final List<Token> tokens;
    private int word;

    Cutter(String text, Token.Source source, int type, List<Token> tokens) {
      this.text = text;
      this.source = source;
      this.type = type;
      this.tokens = tokens;
    }

    void cut() {
      var from = 0;
      for (var at = 0; at < text.length(); ) {
        var found = wholeAt(at);
        if (found.isEmpty()) {
          at++;
          continue;
        }
        var token = found.get();
        var end = at + token.content().length();
        words(from, token.eatsBefore() ? withoutSpaceAtEnd(from, at) : at);
        add(token.content(), at, end);
        word++;
        from = token.eatsAfter() ? withoutSpaceAtStart(end) : end;
        at = from;
      }
      words(from, text.length());
    }

    private Optional<WholeToken> wholeAt(int at) {
      return whole.stream()
          .filter(token -> text.startsWith(token.content(), at))
          .max((a, b) -> Integer.compare(a.content().length(), b.content().length()));
    }

    private int withoutSpaceAtEnd(int from, int to) {
      var end = to;
      while (end > from && isSpace(text.charAt(end - 1))) {
        end--;
      }
      return end;
    }

    private int withoutSpaceAtStart(int from) {
      var start = from;
      while (start < text.length() && isSpace(text.charAt(start))) {
        start++;
      }
      return start;
    }

    /** Unicode's property White_Space. */
    private static boolean isSpace(char letter) {
      return letter >= '\t' && letter <= '\r' || letter == 0x85 || Character.isSpaceChar(letter);
    }

    private void words(int from, int to) {
      if (from == to) {
        return;
      }
      var isLed = spaceFirst && text.charAt(from) != ' ';
      var part = (isLed ? " " : "") + text.substring(from, to);
      var matcher = WORDS.matcher(part);
      while (matcher.find()) {
        spell(part, matcher.start(), matcher.end(), from - (isLed ? 1 : 0));
        word++;
      }
    }

    /** Splits one word of a part of the text, which stands some letters after its start. */
    private void spell(String part, int from, int to, int offset) {
      var own = part.substring(from, to);
      var starts = new ArrayList<Integer>();
      for (var i = 0; i < own.length(); i += Character.charCount(own.codePointAt(i))) {
        var bytes = new String(Character.toChars(own.codePointAt(i)));
        for (var b = bytes.getBytes(StandardCharsets.UTF_8).length; b > 0; b--) {
          starts.add(i);
        }
      }
      // A word's own space is no part of it, but a word of white space is all of it.
      var shown = own.length() > 1 && own.charAt(0) == ' ' && !isSpace(own.charAt(1)) ? 1 : 0;
      var at = 0;
      for (var piece : pairs.split(ByteAlphabet.written(own))) {
        var first = Math.max(shown, starts.get(at));
        var last = starts.get(at + piece.length() - 1);
        var end = Math.max(shown, last + Character.charCount(own.codePointAt(last)));
        add(
            ids.containsKey(piece) ? piece : names.unknown(),
            Math.max(0, offset + from + first),
            Math.max(0, offset + from + end));
        at += piece.length();
      }
    }

    private void add(String piece, int start, int end) {
      tokens.add(new Token(ids.get(piece), piece, start, end, source, word, type));
    }
  }
}
