package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TokensTests {
  private final WordPieceTokenizer tokenizer = Vocabularies.cased();

  @Test
  void masksACopyAndKeepsThePlaces() {
    var tokens = tokenizer.encode("he is kind");
    var masked = tokens.maskedAt(1, 3);
    assertThat(masked.pieces()).containsExactly("[CLS]", "[MASK]", "is", "[MASK]", "[SEP]");
    assertThat(masked.ids()[1]).isEqualTo(tokenizer.vocabulary().maskId());
    assertThat(masked.covered(3)).isEqualTo("kind");
    assertThat(tokens.pieces()).containsExactly("[CLS]", "he", "is", "kind", "[SEP]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokens.maskedAt(5))
        .withMessage(
            "Position 5 is outside this input's tokens, which count from 0 ([CLS]) to 4 ([SEP]).");
  }

  @Test
  void findsAWordsFirstOccurrenceAtItsFirstToken() {
    var tokens = tokenizer.encode("cats unaffable cat, 今天買了蘋果 New York! cat", "police");
    assertThat(tokens.firstTokenOf("cat")).hasValue(tokens.pieces().indexOf(",") - 3);
    assertThat(tokens.firstTokenOf("unaffable")).hasValue(tokens.pieces().indexOf("un"));
    assertThat(tokens.firstTokenOf("果")).hasValue(tokens.pieces().indexOf("果"));
    assertThat(tokens.firstTokenOf("蘋果")).hasValue(tokens.pieces().indexOf("蘋"));
    assertThat(tokens.firstTokenOf("New York")).hasValue(tokens.pieces().indexOf("New"));
    assertThat(tokens.firstTokenOf("police")).hasValue(tokens.pieces().indexOf("police"));
    assertThat(tokens.firstTokenOf("affable")).isEmpty();
    assertThat(tokens.firstTokenOf("unaff")).isEmpty();
    assertThat(tokens.firstTokenOf("CAT")).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> tokens.firstTokenOf(" "));
  }

  @Test
  void findsWordsByTheirIndexInTheirText() {
    var tokens = tokenizer.encode("unaffable he", "is kind");
    assertThat(tokens.firstTokenOf(Token.Source.FIRST, 0)).hasValue(1);
    assertThat(tokens.firstTokenOf(Token.Source.FIRST, 1)).hasValue(4);
    assertThat(tokens.firstTokenOf(Token.Source.SECOND, 1)).hasValue(7);
    assertThat(tokens.firstTokenOf(Token.Source.SECOND, 2)).isEmpty();
  }
}
