package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.models.ModelFileException;

/** Tokenizers in every combination of files that Hugging Face's folders have. */
class TokenizerFilesTests {
  private static final String VOCABULARY = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\n!\n";
  private static final String PIECES =
      "'[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, '[MASK]': 4, 'the': 5, 'cat': 6, '##s': 7,"
          + " '!': 8";

  @TempDir Path directory;

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private void json(String name, String text) throws IOException {
    write(name, text.replace('\'', '"'));
  }

  private static String whole(String normaliser, String splitter, String more) {
    return "{'added_tokens': [], 'normalizer': %s, 'pre_tokenizer': %s, 'model': {%s 'vocab': {%s}}}"
        .formatted(normaliser, splitter, more, PIECES);
  }

  private List<String> pieces(String text) {
    var all = WordPieceTokenizer.open(directory).encode(text).pieces();
    return all.subList(1, all.size() - 1);
  }

  private void checkRefused(String message) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> WordPieceTokenizer.open(directory))
        .withMessageContaining(directory.toString())
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void skipsAByteOrderMarkAndTakesAnyLineBreak(String lineBreak) throws IOException {
    write("vocab.txt", "\uFEFF" + (VOCABULARY + "\n\n").replace("\n", lineBreak));
    assertThat(WordPieceTokenizer.open(directory).vocabulary().size()).isEqualTo(9);
    assertThat(pieces("The cats!")).containsExactly("the", "cat", "##s", "!");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{'type': 'BertNormalizer', 'lowercase': true, 'strip_accents': null} # the",
        "{'type': 'BertNormalizer', 'lowercase': false} # [UNK]",
        "{'type': 'BertNormalizer', 'lowercase': true, 'strip_accents': false} # [UNK]",
        "{'type': 'Sequence', 'normalizers': [{'type': 'NFD'}, {'type': 'Lowercase'},"
            + " {'type': 'StripAccents'}]} # the",
        "{'type': 'Lowercase'} # [UNK]",
        "null # [UNK]",
      })
  void normalisesAsTheWholeTokenizerSays(String normaliser, String expected) throws IOException {
    json(
        "tokenizer.json",
        whole(normaliser, "{'type': 'BertPreTokenizer'}", "'type': 'WordPiece',"));
    assertThat(pieces("THÉ")).containsExactly(expected);
  }

  @Test
  void letsTheSettingsWinOverTheWholeTokenizer() throws IOException {
    var normaliser = "{'type': 'BertNormalizer', 'lowercase': true}";
    json("tokenizer.json", whole(normaliser, "{'type': 'BertPreTokenizer'}", ""));
    json(
        "tokenizer_config.json",
        "{'do_lower_case': false, 'model_max_length': 1" + "0".repeat(30) + "}");
    assertThat(pieces("THE")).containsExactly("[UNK]");
    assertThat(WordPieceTokenizer.open(directory).maximalLength()).isEqualTo(512);
  }

  @Test
  void splitsOnlyWordsThatAreShortEnough() throws IOException {
    json(
        "tokenizer.json",
        whole("null", "{'type': 'BertPreTokenizer'}", "'max_input_chars_per_word': 3,"));
    assertThat(pieces("cat cats")).containsExactly("cat", "[UNK]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "null # {'type': 'BertPreTokenizer'} # 'type': 'BPE', # tokenizer is BPE",
        "null # {'type': 'BertPreTokenizer'} # 'type': 'Unigram', # tokenizer is Unigram",
        "null # {'type': 'BertPreTokenizer'} # 'merges': [], # tokenizer is BPE",
        "null # {'type': 'Metaspace'} # '' : 1, # splits text by Metaspace",
        "{'type': 'Precompiled'} # null # '' : 1, # normalises text by Precompiled",
        "null # null # 'continuing_subword_prefix': '@@', # begin with \"@@\"",
        "null # null # 'unk_token': '<unk>', # has no <unk>",
      })
  void refusesOtherTokenizersByName(String normaliser, String splitter, String more, String message)
      throws IOException {
    json("tokenizer.json", whole(normaliser, splitter, more));
    checkRefused(message);
    if (message.startsWith("tokenizer is")) {
      write("vocab.txt", VOCABULARY);
      checkRefused(message);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'model': {'vocab': {'a': 0, 'b': 2}}}",
        "{'model': {'vocab': {'a': 0, 'b': 0}}}",
        "{'model': {'vocab': {'a': -1}}}",
        "{'model': {'vocab': {'a': 'x'}}}",
        "{'model': {'vocab': []}}",
        "{'model': {}}",
        "{",
        "[]"
      })
  void refusesADamagedTokenizer(String text) throws IOException {
    json("tokenizer.json", text);
    checkRefused("tokenizer.json");
  }

  @Test
  void findsAddedTokensOfAllFiles() throws IOException {
    write("vocab.txt", VOCABULARY);
    json("added_tokens.json", "{'[SUBJ]': 9, 'Covid': 11}");
    json(
        "tokenizer_config.json",
        "{'do_lower_case': true, 'added_tokens_decoder': {'12': {'content': '[SUBJ-LONG]',"
            + " 'special': true}, '4': {'content': '[MASK]', 'special': true}, '13': {'content':"
            + " 'ab', 'single_word': true}}}");
    json("special_tokens_map.json", "{'additional_special_tokens': ['[SUBJ]', {'content': 'x'}]}");
    var tokenizer = WordPieceTokenizer.open(directory);
    assertThat(tokenizer.vocabulary().size()).isEqualTo(14);
    // The longest is found, capitals count in special tokens alone, and ab only by itself.
    assertThat(pieces("[SUBJ] cat[SUBJ-LONG]the covid"))
        .containsExactly("[SUBJ]", "cat", "[SUBJ-LONG]", "the", "Covid");
    assertThat(pieces("[subj]").getFirst()).isEqualTo("[UNK]");
    assertThat(pieces("ab cab")).containsExactly("ab", "[UNK]");
    var tokens = tokenizer.encode("the [SUBJ]!");
    assertThat(tokens.ids()).containsExactly(2, 5, 9, 8, 3);
    assertThat(tokens.covered(2)).isEqualTo("[SUBJ]");
    assertThat(tokenizer.decode(10)).isEqualTo("[no piece 10]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{'[X]': 2000000000} # far outside the vocabulary",
        "{'[X]': -1} # far outside",
        "{'[X]': 'nine'} # without a content or an id",
        "{'': 9} # without a content or an id",
      })
  void refusesAddedTokensThatCantBe(String added, String message) throws IOException {
    write("vocab.txt", VOCABULARY);
    json("added_tokens.json", added);
    checkRefused(message);
  }

  @Test
  void takesSpecialTokensOfOtherSpelling() throws IOException {
    write("vocab.txt", VOCABULARY.replace("[CLS]", "<s>").replace("[MASK]", "<mask>"));
    checkRefused("has no [CLS]");
    json("special_tokens_map.json", "{'cls_token': '<s>', 'mask_token': {'content': '<mask>'}}");
    var tokens = WordPieceTokenizer.open(directory).encode("the <mask>");
    assertThat(tokens.ids()).containsExactly(2, 5, 4, 3);
    assertThat(tokens.masks()).containsExactly(2);
    assertThat(tokens.pieces().getFirst()).isEqualTo("<s>");
  }

  @Test
  void refusesTokenizersThatDoMoreThanBerts() throws IOException {
    write("vocab.txt", VOCABULARY);
    json("tokenizer_config.json", "{'tokenizer_class': 'BertJapaneseTokenizer'}");
    checkRefused("BertJapaneseTokenizer");
    json("tokenizer_config.json", "{'tokenizer_class': 'RobertaTokenizerFast'}");
    checkRefused("RobertaTokenizer");
    json("tokenizer_config.json", "{'tokenizer_class': 'BertTokenizerFast'}");
    assertThat(pieces("the")).containsExactly("the");
  }

  @Test
  void saysWhatStandsInPlaceOfAVocabulary() throws IOException {
    write("vocab.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    checkRefused("is a Git LFS pointer");
    write("vocab.txt", "\n\n<!DOCTYPE html>\n<html>");
    checkRefused("is a web page");
    write("vocab.txt", "../../blobs/0123456789abcdef0123456789abcdef01234567");
    checkRefused("a link was lost in copying");
    Files.write(directory.resolve("vocab.txt"), VOCABULARY.getBytes(StandardCharsets.UTF_16));
    checkRefused("not UTF-8 text; save it as UTF-8");
  }

  @Test
  void findsTheMaskThatStandsInAText() throws IOException {
    write("vocab.txt", VOCABULARY);
    var tokenizer = WordPieceTokenizer.open(directory);
    assertThat(tokenizer.encode("the [MASK] [MASK]!").masks()).containsExactly(2, 3);
    assertThat(tokenizer.encode("the cat").masks()).isEmpty();
    assertThat(tokenizer.encode("the cat", "[MASK]").masks()).containsExactly(4);
    assertThat(tokenizer.encode("").ids()).containsExactly(2, 3);
  }
}
