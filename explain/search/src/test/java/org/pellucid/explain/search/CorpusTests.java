package org.pellucid.explain.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.explain.search.Corpus.Layout;

/** Texts cut into paragraphs, and paragraphs into sentences that fit a model. */
class CorpusTests {
  private static Corpus corpus(byte[] content, Layout layout) {
    return new Corpus("text", () -> new ByteArrayInputStream(content), layout);
  }

  private static List<String> paragraphs(String text, Layout layout) throws IOException {
    var all = new ArrayList<String>();
    var content = text.getBytes(StandardCharsets.UTF_8);
    corpus(content, layout).read((paragraph, _) -> all.add(paragraph));
    return all;
  }

  private static List<String> sentences(String paragraph) {
    try (var tiny = TinyBert.open(0)) {
      return new SentenceSplitter(tiny.tokenizer())
          .split(paragraph).stream().map(tokens -> tokens.first()).toList();
    }
  }

  @Test
  void blankLinesPartParagraphs() throws IOException {
    var text = "\uFEFFone\r\ntwo\r\n\r\n \t\nthree\rfour\n\n\n";
    assertThat(paragraphs(text, Layout.PARAGRAPHS)).containsExactly("one two", "three four");
    assertThat(paragraphs(text, Layout.LINES)).containsExactly("one", "two", "three", "four");
  }

  @Test
  void cutsALineThatHasNoEndAtABlankOrBetweenCharacters() throws IOException {
    var words = "word ".repeat(40_000);
    var cut = paragraphs(words, Layout.PARAGRAPHS);
    assertThat(cut).hasSizeGreaterThan(2).allMatch(p -> p.length() <= ParagraphReader.LONGEST);
    assertThat(String.join(" ", cut)).isEqualTo(words.strip());
    var emoji = "a" + "😀".repeat(70_000);
    var parts = paragraphs(emoji, Layout.PARAGRAPHS);
    assertThat(parts).hasSizeGreaterThan(1);
    assertThat(String.join("", parts)).isEqualTo(emoji);
    assertThat(parts).noneMatch(part -> Character.isLowSurrogate(part.charAt(0)));
  }

  @Test
  void tellsHowFarItHasRead() throws IOException {
    var text = "one\n\n二 😀\n\nthree";
    var ends = new ArrayList<Long>();
    var read = corpus(text.getBytes(StandardCharsets.UTF_8), Layout.PARAGRAPHS);
    read.read((_, end) -> ends.add(end));
    assertThat(ends).isSorted().hasSize(3).last().isEqualTo(read.extent().characters());
  }

  @Test
  void refusesBlankAndOtherTexts() {
    assertThatThrownBy(() -> corpus(new byte[0], Layout.LINES).extent())
        .isInstanceOf(CorpusException.class)
        .hasMessage("The corpus text holds no text; give one with sentences.");
    var blank = "\uFEFF \n\t\n".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> corpus(blank, Layout.LINES).extent())
        .hasMessageContaining("holds no text");
    var latin = "na\u00EFve".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> corpus(latin, Layout.LINES).extent())
        .hasMessageContaining("text is not UTF-8 text; save it as UTF-8");
    assertThatThrownBy(() -> Corpus.file(Path.of("no-such-file"), Layout.LINES))
        .hasMessageContaining("no-such-file is neither a file nor pride-and-prejudice");
  }

  @Test
  void theBuiltInTextIsTheWholeOfItsChapters() throws IOException {
    var sentences = new ArrayList<String>();
    Corpus.builtIn().read((paragraph, _) -> sentences.add(paragraph));
    assertThat(sentences).contains("Chapter 1", "Chapter 20").doesNotContain("Chapter 21");
    assertThat(sentences.get(1)).startsWith("It is a truth universally acknowledged");
    assertThat(String.join(" ", sentences)).doesNotContain("_").doesNotContain("Gutenberg");
  }

  @Test
  void knowsWhereSentencesEnd() {
    assertThat(sentences("The cat saw Mr. Dog. Did it? \"Mr. Cat did!\""))
        .containsExactly("The cat saw Mr. Dog.", "Did it?", "\"Mr. Cat did!\"");
    assertThat(sentences("我爱北京。你爱我？我爱你！")).hasSize(3);
    assertThat(sentences("😀")).containsExactly("😀");
    assertThat(sentences("\u0001")).isEmpty();
  }

  /** The tiny model takes 22 tokens beside its [CLS] and [SEP]. */
  @Test
  void cutsWhatIsLongerThanTheModelBetweenWords() {
    var parts = sentences("the cat saw the dog ".repeat(10));
    assertThat(String.join(" ", parts)).isEqualTo("the cat saw the dog ".repeat(10).strip());
    assertThat(parts).hasSize(3).first().isEqualTo("the cat saw the dog ".repeat(4) + "the");
    var letters = "x".repeat(60);
    assertThat(String.join("", sentences(letters))).isEqualTo(letters);
    assertThat(sentences("the cat " + letters)).first().isEqualTo("the cat");
  }
}
