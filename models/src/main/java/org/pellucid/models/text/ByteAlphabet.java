package org.pellucid.models.text;

import java.nio.charset.StandardCharsets;

/**
 * The letters in which byte-level vocabularies write bytes (Radford et al., 2019): the printable
 * ones of Latin-1 stand for themselves, all others for letters from U+0100 on, in order.
 */
final class ByteAlphabet {
  private static final int BYTES = 256;
  private static final char[] LETTERS = letters();

  private ByteAlphabet() {}

  private static char[] letters() {
    var letters = new char[BYTES];
    var next = (char) BYTES;
    for (var b = 0; b < BYTES; b++) {
      var isPrintable = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
      letters[b] = isPrintable ? (char) b : next++;
    }
    return letters;
  }

  /** The letter of a byte. */
  static char letter(byte value) {
    return LETTERS[value & 0xff];
  }

  /** A text's bytes in UTF-8 as letters. */
  static String written(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var letters = new char[bytes.length];
    for (var i = 0; i < bytes.length; i++) {
      letters[i] = letter(bytes[i]);
    }
    return new String(letters);
  }

  /** The text that letters stand for; what is no letter of the alphabet stays as it is. */
  static String read(String letters) {
    var bytes = new byte[letters.length()];
    for (var i = 0; i < bytes.length; i++) {
      var found = byteOf(letters.charAt(i));
      if (found < 0) {
        return letters;
      }
      bytes[i] = (byte) found;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int byteOf(char letter) {
    for (var b = 0; b < BYTES; b++) {
      if (LETTERS[b] == letter) {
        return b;
      }
    }
    return -1;
  }
}
