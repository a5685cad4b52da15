package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.models.ModelFileException;

class WordPieceTokenizerTests {
  private final WordPieceTokenizer cased = Vocabularies.cased();
  private final WordPieceTokenizer uncased = Vocabularies.uncased();

  @Test
  void spellsWordsWithTheLongestPieces() {
    assertThat(inner(cased, "unaffable played"))
        .containsExactly("un", "##aff", "##able", "play", "##ed");
    assertThat(cased.encode("the").pieces()).containsExactly("[CLS]", "the", "[SEP]");
  }

  @Test
  void aWordThatCannotBeSpeltIsOneUnknownToken() {
    var tokens = cased.encode("the unЖ of");
    assertThat(tokens.pieces()).containsExactly("[CLS]", "the", "[UNK]", "of", "[SEP]");
    assertThat(tokens.covered(2)).isEqualTo("unЖ");
  }

  @Test
  void aWordOfMoreThanAHundredLettersIsUnknown() {
    assertThat(inner(cased, "x".repeat(100))).hasSize(100);
    assertThat(inner(cased, "x".repeat(101))).containsExactly("[UNK]");
    assertThat(inner(cased, "😀".repeat(100))).hasSize(100);
  }

  @Test
  void whiteSpaceSeparatesAndControlCharactersVanish() {
    assertThat(inner(cased, " the\tof\u00A0he\r\nshe\u3000is\u2028kind "))
        .containsExactly("the", "of", "he", "she", "is", "kind");
    assertThat(inner(cased, "t\u0000h\u200Be\uFFFD k\u00ADind\uE000"))
        .containsExactly("the", "kind");
    assertThat(inner(cased, "th\uD800e")).containsExactly("the");
    assertThat(inner(cased, " \u200B ")).isEmpty();
  }

  @Test
  void punctuationAndAsciiSymbolsStandAlone() {
    assertThat(inner(cased, "state-of$art«he»"))
        .containsExactly("state", "-", "of", "$", "art", "«", "he", "»");
    assertThat(inner(cased, "__^")).containsExactly("_", "_", "^");
  }

  @Test
  void everyChineseCharacterIsAWord() {
    var tokens = cased.encode("今天the蘋果");
    assertThat(tokens.pieces()).containsExactly("[CLS]", "今", "天", "the", "蘋", "果", "[SEP]");
    assertThat(tokens.list().stream().map(Token::word)).containsExactly(-1, 0, 1, 2, 3, 4, -1);
    assertThat(inner(cased, "のの")).containsExactly("の", "##の");
  }

  @Test
  void chineseCharactersStayTogetherWhereTheRulesSaySo() {
    var joined =
        new WordPieceTokenizer(cased.vocabulary(), new NormalizerOptions(false, false, false), 512);
    assertThat(joined.encode("今天").list().stream().map(Token::word)).containsExactly(-1, 0, -1);
  }

  @Test
  void casedTextIsComposedAndUncasedTextLosesItsAccents() {
    var composed = cased.encode("cafe\u0301");
    assertThat(composed.pieces()).containsExactly("[CLS]", "café", "[SEP]");
    assertThat(composed.covered(1)).isEqualTo("cafe\u0301");
    assertThat(inner(uncased, "ÇaFÉ")).containsExactly("c", "##a", "##f", "##e");
    assertThat(inner(uncased, "İ I ı ΣΣ")).containsExactly("i", "i", "ı", "σ", "##σ");
  }

  @Test
  void aLetterKeepsTheMarksThatWereStrippedFromIt() {
    var tokens = uncased.encode("ne\u0301e");
    assertThat(tokens.pieces()).containsExactly("[CLS]", "n", "##e", "##e", "[SEP]");
    assertThat(covered(tokens)).containsExactly("", "n", "e\u0301", "e", "");
  }

  @Test
  void offsetsCountJavaCharsAlsoAfterSurrogatePairs() {
    var tokens = cased.encode("😀😀, 𠜎 he");
    assertThat(tokens.pieces()).containsExactly("[CLS]", "😀", "##😀", ",", "𠜎", "he", "[SEP]");
    assertThat(tokens.list().get(2)).extracting(Token::start, Token::end).containsExactly(2, 4);
    assertThat(tokens.list().get(5)).extracting(Token::start, Token::end).containsExactly(9, 11);
  }

  @Test
  void marksThatChangePlacesKeepTheirOffsets() {
    // Canonical order puts the cedilla (class 202) before the acute accent (class 230).
    var tokens = cased.encode("c\u0301\u0327");
    assertThat(tokens.pieces()).containsExactly("[CLS]", "[UNK]", "[SEP]");
    assertThat(tokens.covered(1)).isEqualTo("c\u0301\u0327");
    var grave = cased.encode("a\u0300\u0301b");
    assertThat(grave.pieces()).containsExactly("[CLS]", "à", "##\u0301", "##b", "[SEP]");
    assertThat(covered(grave)).containsExactly("", "a\u0300", "\u0301", "b", "");
  }

  @Test
  void koreanSyllablesAreTakenApartInUncasedText() {
    var tokens = uncased.encode("한");
    assertThat(tokens.pieces()).containsExactly("[CLS]", "\u1112", "##\u1161", "##\u11ab", "[SEP]");
    assertThat(covered(tokens)).containsExactly("", "한", "한", "한", "");
  }

  @Test
  void specialTokensMayBeWrittenInTheText() {
    var tokens = uncased.encode("the[MASK] [mask]");
    assertThat(tokens.pieces())
        .containsExactly("[CLS]", "the", "[MASK]", "[", "m", "##a", "##s", "##k", "]", "[SEP]");
    assertThat(tokens.covered(2)).isEqualTo("[MASK]");
    assertThat(tokens.list().get(2).source()).isEqualTo(Token.Source.FIRST);
  }

  @Test
  void aPairHasTwoSegmentsAndCountsItsWordsAnew() {
    var tokens = cased.encode("he is", "kind");
    assertThat(tokens.pieces()).containsExactly("[CLS]", "he", "is", "[SEP]", "kind", "[SEP]");
    assertThat(tokens.segmentIds()).containsExactly(0, 0, 0, 0, 1, 1);
    assertThat(tokens.list().stream().map(Token::word)).containsExactly(-1, 0, 1, -1, 0, -1);
    assertThat(tokens.list().get(4).source()).isEqualTo(Token.Source.SECOND);
    assertThat(tokens.covered(4)).isEqualTo("kind");
    assertThat(cased.encode("", "").segmentIds()).containsExactly(0, 0, 1);
  }

  @Test
  void tooLongTextIsRefusedAndCutOnlyOnRequest() {
    var small = new WordPieceTokenizer(cased.vocabulary(), NormalizerOptions.cased(), 5);
    assertThat(small.encode("he is kind").size()).isEqualTo(5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> small.encode("he is very kind"))
        .withMessageContaining("6 tokens")
        .withMessageContaining("maximal length of 5");
    assertThat(small.encodeTruncated("he is very kind").pieces())
        .containsExactly("[CLS]", "he", "is", "very", "[SEP]");
    assertThat(small.encodeTruncated("he", "she is").pieces())
        .containsExactly("[CLS]", "he", "[SEP]", "she", "[SEP]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> small.encodeTruncated("he is", "kind"))
        .withMessageContaining("first text");
  }

  @Test
  void settingsComeFromTheDirectory(@TempDir Path directory) throws IOException {
    Files.copy(Vocabularies.file("uncased-vocab.txt"), directory.resolve("vocab.txt"));
    assertThat(inner(WordPieceTokenizer.open(directory), "THÉ")).containsExactly("the");
    var settings = directory.resolve("tokenizer_config.json");
    Files.writeString(settings, "{\"do_lower_case\": false, \"model_max_length\": 1e30}");
    assertThat(inner(WordPieceTokenizer.open(directory), "THE")).containsExactly("[UNK]");
    Files.writeString(settings, "{\"do_lower_case\": true, \"strip_accents\": false}");
    assertThat(inner(WordPieceTokenizer.open(directory), "CAFÉ")).containsExactly("café");
    Files.writeString(settings, "{\"do_lower_case\": \"yes\"}");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> WordPieceTokenizer.open(directory))
        .withMessageContaining("\"do_lower_case\" must be true or false");
  }

  @Test
  void aVocabularyWithCapitalsIsCasedWhereNothingSaysOtherwise(@TempDir Path directory)
      throws IOException {
    Files.copy(Vocabularies.file("cased-vocab.txt"), directory.resolve("vocab.txt"));
    assertThat(inner(WordPieceTokenizer.open(directory), "The")).containsExactly("The");
  }

  @Test
  void badVocabulariesAreRefused(@TempDir Path directory) throws IOException {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> WordPieceTokenizer.open(directory))
        .withMessageContaining("no vocabulary file");
    Files.write(directory.resolve("vocab.txt"), new byte[] {'a', (byte) 0xFF, '\n'});
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> WordPieceTokenizer.open(directory))
        .withMessageContaining("not UTF-8");
    Files.writeString(directory.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> WordPieceTokenizer.open(directory))
        .withMessageContaining("has no [MASK]");
  }

  @Test
  void decodesIds() {
    assertThat(cased.decode(cased.vocabulary().maskId())).isEqualTo("[MASK]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cased.decode(-1))
        .withMessageContaining("outside the vocabulary");
  }

  private static List<String> inner(WordPieceTokenizer tokenizer, String text) {
    var pieces = tokenizer.encode(text).pieces();
    return pieces.subList(1, pieces.size() - 1);
  }

  private static List<String> covered(Tokens tokens) {
    return IntStream.range(0, tokens.size()).mapToObj(tokens::covered).toList();
  }
}
