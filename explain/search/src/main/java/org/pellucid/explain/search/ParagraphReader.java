package org.pellucid.explain.search;

import java.io.IOException;
import java.io.Reader;

/**
 * Cuts a stream of characters into paragraphs. One that is longer than {@value #LONGEST} characters
 * is cut at the last blank before, so that a file of a single line needs no more memory than
 * another.
 */
final class ParagraphReader {
  static final int LONGEST = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Reader characters;
  private final Corpus.Layout layout;
  private final StringBuilder paragraph = new StringBuilder();
  private long read;
  private boolean lineIsBlank = true;
  private boolean afterReturn;

  ParagraphReader(Reader characters, Corpus.Layout layout) {
    this.characters = characters;
    this.layout = layout;
  }

  void read(Corpus.Reader paragraphs) throws IOException {
    var buffer = new char[1 << 14];
    for (var count = characters.read(buffer); count >= 0; count = characters.read(buffer)) {
      for (var i = 0; i < count; i++) {
        take(buffer[i], paragraphs);
      }
    }
    end(paragraphs);
  }

  private void take(char c, Corpus.Reader paragraphs) throws IOException {
    read++;
    var isSecondHalf = c == '\n' && afterReturn;
    afterReturn = c == '\r';
    if (isSecondHalf || c == BYTE_ORDER_MARK && read == 1) {
      return;
    }
    if (c == '\n' || c == '\r') {
      if (layout == Corpus.Layout.LINES || lineIsBlank) {
        end(paragraphs);
      } else {
        paragraph.append(' ');
      }
      lineIsBlank = true;
      return;
    }
    lineIsBlank = lineIsBlank && Character.isWhitespace(c);
    paragraph.append(c);
    if (paragraph.length() >= LONGEST) {
      cut(paragraphs);
    }
  }

  private void cut(Corpus.Reader paragraphs) throws IOException {
    var end = paragraph.length();
    while (end > LONGEST / 2 && !Character.isWhitespace(paragraph.charAt(end - 1))) {
      end--;
    }
    if (end == LONGEST / 2) {
      end = paragraph.length() - (Character.isHighSurrogate(paragraph.charAt(LONGEST - 1)) ? 1 : 0);
    }
    var rest = paragraph.substring(end);
    paragraph.setLength(end);
    end(paragraphs);
    paragraph.append(rest);
  }

  private void end(Corpus.Reader paragraphs) throws IOException {
    var text = paragraph.toString().strip();
    paragraph.setLength(0);
    if (!text.isEmpty()) {
      paragraphs.paragraph(text, read);
    }
  }
}
